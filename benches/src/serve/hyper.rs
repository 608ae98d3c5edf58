//! hyper 1: ours, and the floor.

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::{ADDRESS, OK, floor, listening, ours, source, topic};
use crate::Result;
use crate::kind::Kind;

const BLOCK_SIZE: usize = 8 * 1024;

type Answer = Response<UnsyncBoxBody<Bytes, sse_runtime::Error>>;

pub(super) async fn serve(answer: fn(&[&str]) -> Answer) -> Result {
    let listener = TcpListener::bind(ADDRESS).await?;
    listening(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, answer));
    }
}

async fn connection(stream: TcpStream, answer: fn(&[&str]) -> Answer) {
    let service = service_fn(|request: Request<Incoming>| {
        let path: Vec<_> = request.uri().path().split('/').skip(1).collect();
        ready(Ok::<_, Infallible>(answer(&path)))
    });
    // A client that goes away is no failure of the measurement.
    _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

pub(super) fn ours(path: &[&str]) -> Answer {
    match *path {
        ["burst", kind, count] => {
            boxed(ours::burst(number(kind), number(count)).into_http_response())
        }
        ["endless", size] => boxed(ours::endless(number(size)).into_http_response()),
        ["fan-out"] => boxed(ours::fan_out(topic::subscribe()).into_http_response()),
        ["hub"] => boxed(ours::hub().into_http_response()),
        ["idle"] => boxed(ours::idle().into_http_response()),
        ["latency", count] => boxed(ours::latency(number(count)).into_http_response()),
        _ => plain(path),
    }
}

pub(super) fn floor(path: &[&str]) -> Answer {
    match *path {
        ["burst", kind, count] => {
            blocks(floor::blocks(Kind::at(number(kind)), number(count), BLOCK_SIZE))
        }
        ["endless", size] => blocks(source::endless(number(size)).map(encoded)),
        ["fan-out"] => blocks(source::fan_out(topic::subscribe()).map(encoded)),
        ["idle"] => blocks(source::idle().map(encoded)),
        ["latency", count] => blocks(source::latency(number(count)).map(encoded)),
        _ => plain(path),
    }
}

fn plain(path: &[&str]) -> Answer {
    let text = match *path {
        ["publish", count] => topic::publish(number(count)),
        _ => OK,
    };
    let answer = Full::new(Bytes::from_static(text.as_bytes()));
    boxed(Response::new(answer.map_err(|never| match never {})))
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_default()
}

fn encoded(text: impl AsRef<str>) -> Bytes {
    Bytes::from(["data: ", text.as_ref(), "\n\n"].concat())
}

fn blocks(blocks: impl Stream<Item = Bytes> + Send + 'static) -> Answer {
    let body = StreamBody::new(blocks.map(|block| Ok(Frame::data(block))));
    let mut answer = Response::new(body);
    answer.headers_mut().reserve(sse_runtime::HEADERS.len());
    for &(name, value) in sse_runtime::HEADERS {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the name is a valid one");
        answer.headers_mut().append(name, HeaderValue::from_static(value));
    }
    boxed(answer)
}

fn boxed(
    answer: Response<impl Body<Data = Bytes, Error = sse_runtime::Error> + Send + 'static>,
) -> Answer {
    answer.map(http_body_util::BodyExt::boxed_unsync)
}
