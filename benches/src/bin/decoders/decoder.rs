//! Ours and the others, each as the function that reads so many events, and tells how much data
//! they had.

use std::convert::Infallible;
use std::pin::pin;

use bytes::Bytes;
use eventsource_client::{Client as _, ClientBuilder, ReconnectOptions, SSE};
use eventsource_stream::Eventsource as _;
use futures::future::BoxFuture;
use futures::{Stream, StreamExt as _, stream};
use http::{Request, Response};
use launchdarkly_sdk_transport::{HttpTransport, ResponseFuture};
use sse_runtime::EventReader;
use tokio_util::codec::FramedRead;
use tokio_util::io::StreamReader;

type Reading = BoxFuture<'static, usize>;

pub(crate) struct Decoder {
    pub(crate) name: &'static str,
    pub(crate) read: fn(Vec<Bytes>, usize) -> Reading,
}

pub(crate) const DECODERS: [Decoder; 6] = [
    Decoder { name: "sse-runtime", read: ours },
    Decoder { name: "sse-parse", read: sse_parse },
    Decoder { name: "sse-stream", read: sse_stream },
    Decoder { name: "eventsource-stream", read: eventsource_stream },
    Decoder { name: "eventsource-client", read: eventsource_client },
    Decoder { name: "russe", read: russe },
];

fn bytes<E>(chunks: Vec<Bytes>) -> impl Stream<Item = Result<Bytes, E>> {
    stream::iter(chunks).map(Ok)
}

/// Reads so many events, as users do.
async fn read<T>(
    events: impl Stream<Item = T>,
    count: usize,
    length: impl Fn(T) -> usize,
) -> usize {
    let (mut events, mut sum) = (pin!(events), 0);
    for _ in 0..count {
        sum += length(events.next().await.expect("as many events as were sent"));
    }
    sum
}

fn ours(chunks: Vec<Bytes>, count: usize) -> Reading {
    let events = EventReader::new(bytes::<Infallible>(chunks));
    Box::pin(read(events, count, |event| event.unwrap().data.len()))
}

fn sse_parse(chunks: Vec<Bytes>, count: usize) -> Reading {
    let events = sse_parse::EventStream::new(bytes::<Infallible>(chunks));
    Box::pin(read(events, count, |event| event.unwrap().data.len()))
}

fn sse_stream(chunks: Vec<Bytes>, count: usize) -> Reading {
    let events = sse_stream::SseByteStream::new(bytes::<Infallible>(chunks));
    Box::pin(read(events, count, |event| event.unwrap().data.unwrap().len()))
}

fn eventsource_stream(chunks: Vec<Bytes>, count: usize) -> Reading {
    let events = bytes::<Infallible>(chunks).eventsource();
    Box::pin(read(events, count, |event| event.unwrap().data.len()))
}

fn russe(chunks: Vec<Bytes>, count: usize) -> Reading {
    let reader = StreamReader::new(bytes::<std::io::Error>(chunks));
    let events = FramedRead::new(reader, russe::Decoder::default());
    Box::pin(read(events, count, |event| match event.unwrap() {
        russe::Event::Message(message) => message.data.len(),
        other => panic!("{other:?}"),
    }))
}

/// A connection that these chunks come over.
#[derive(Clone)]
struct Connection(Vec<Bytes>);

impl HttpTransport for Connection {
    fn request(&self, _request: Request<Option<Bytes>>) -> ResponseFuture {
        let chunks = self.0.clone();
        Box::pin(async { Ok(Response::new(Box::pin(bytes(chunks)) as _)) })
    }
}

/// It has no parser apart from its client.
fn eventsource_client(chunks: Vec<Bytes>, count: usize) -> Reading {
    let client = ClientBuilder::for_url("http://localhost/").unwrap();
    let client = client.reconnect(ReconnectOptions::reconnect(false).build());
    let events = client.build_with_transport(Connection(chunks)).stream();
    let lengths = events.filter_map(async |item| match item.unwrap() {
        SSE::Event(event) => Some(event.data.len()),
        _ => None,
    });
    Box::pin(read(lengths, count, |length| length))
}
