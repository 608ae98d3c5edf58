//! Clients in Rust.

use eventsource_client::{Client as _, ClientBuilder, SSE};
use eventsource_stream::Eventsource as _;
use futures::future::BoxFuture;
use futures::{Stream, StreamExt as _};
use launchdarkly_sdk_transport::HyperTransport;
use reqwest_eventsource::{Event, EventSource};
use reqwest_of_reqwest_eventsource as old_reqwest;
use sse_runtime::EventReader;
use tests::servers::script::Read;

use crate::each_reads_the_script;
use crate::table::Runs;

type Reading = BoxFuture<'static, Vec<Read>>;

/// Up to the event named `end`, after which some clients reconnect.
async fn up_to_end(events: impl Stream<Item = Read>) -> Vec<Read> {
    let mut events = std::pin::pin!(events);
    let mut read = Vec::new();
    while let Some(event) = events.next().await {
        let ends = event.0 == "end";
        read.push(event);
        if ends {
            break;
        }
    }
    read
}

/// A response's body, as `reqwest` reads it.
async fn body(url: String) -> impl Stream<Item = reqwest::Result<impl AsRef<[u8]>>> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(url).send().await.unwrap().bytes_stream()
}

pub(crate) fn event_reader(url: String) -> Reading {
    Box::pin(async move {
        let events = EventReader::new(body(url).await).map(Result::unwrap);
        up_to_end(events.map(|it| (it.event.into(), it.data, it.id.into()))).await
    })
}

pub(crate) fn eventsource_stream(url: String) -> Reading {
    Box::pin(async move {
        let bytes = body(url).await;
        up_to_end(bytes.eventsource().map(Result::unwrap).map(|it| (it.event, it.data, it.id)))
            .await
    })
}

/// Its connection, also for what else is tested of it.
pub(crate) fn eventsource_client_to(
    url: &str,
    last_event_id: &str,
) -> impl Stream<Item = Read> + use<> {
    let transport = HyperTransport::builder().disable_proxy().build_http().unwrap();
    let client = ClientBuilder::for_url(url).unwrap().last_event_id(last_event_id.to_owned());
    client.build_with_transport(transport).stream().map(Result::unwrap).filter_map(async |item| {
        let SSE::Event(it) = item else { return None };
        Some((it.event_type, it.data, it.id.unwrap_or_default()))
    })
}

pub(crate) fn eventsource_client(url: String) -> Reading {
    Box::pin(async move { up_to_end(eventsource_client_to(&url, "")).await })
}

pub(crate) fn reqwest_eventsource(url: String) -> Reading {
    Box::pin(async move {
        let client = old_reqwest::Client::builder().no_proxy().build().unwrap();
        let source = EventSource::new(client.get(url)).unwrap();
        let events = source.map(Result::unwrap).filter_map(async |item| {
            let Event::Message(it) = item else { return None };
            Some((it.event, it.data, it.id))
        });
        up_to_end(events).await
    })
}

#[tokio::test]
async fn clients_in_rust_read_every_event() {
    each_reads_the_script(
        |client| matches!(client.runs, Runs::Rust(_)),
        async |client, server| {
            let Runs::Rust(read) = client.runs else { unreachable!() };
            Ok(read(server.url("/script")).await)
        },
    )
    .await;
}
