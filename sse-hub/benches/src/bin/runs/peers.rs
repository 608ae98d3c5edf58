//! What people write by hand so that a stream outlives its connection, with axum's own `Sse`.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse as _;
use axum::response::sse::{Event, Sse};
use futures::{Stream, StreamExt as _, stream};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_stream::wrappers::BroadcastStream;

use crate::{EVENTS, READERS, Result, TOKEN, count_chunks, deliver};

/// Keeps all tokens so far in a `watch` channel, so that late readers read them from the beginning.
pub(crate) async fn readers_of_a_watched_vec() -> Result {
    let (sender, receiver) = watch::channel(Vec::<&str>::new());
    let readers: Vec<_> = (0..READERS).map(|_| reader(watched(receiver.clone()))).collect();
    tokio::spawn(async move {
        sleep(Duration::from_millis(100)).await;
        for _ in 0..EVENTS {
            sender.send_modify(|tokens| tokens.push(TOKEN));
            sleep(Duration::from_millis(10)).await;
        }
    });
    deliver(readers, "an event to a reader of a `Vec` in a `watch` channel, axum's `Sse`").await
}

fn watched(
    receiver: watch::Receiver<Vec<&'static str>>,
) -> impl Stream<Item = std::result::Result<Event, Infallible>> {
    let new = stream::unfold((receiver, 0), |(mut receiver, read)| async move {
        let is_first = read == 0 && !receiver.borrow().is_empty();
        if !is_first {
            receiver.changed().await.ok()?;
        }
        let new = receiver.borrow_and_update()[read..].to_vec();
        let after = read + new.len();
        Some((stream::iter((read..).zip(new)), (receiver, after)))
    });
    new.flatten().map(|(id, token)| Ok(Event::default().id(id.to_string()).data(token)))
}

/// Uses a `broadcast` channel for each answer, so late readers miss its beginning.
pub(crate) async fn readers_of_a_broadcast() -> Result {
    let (sender, _) = broadcast::channel(1024);
    let readers: Vec<_> = (0..READERS)
        .map(|_| {
            let tokens = BroadcastStream::new(sender.subscribe());
            reader(tokens.filter_map(async |token| {
                let (id, token): (u32, &str) = token.ok()?;
                Some(Ok::<_, Infallible>(Event::default().id(id.to_string()).data(token)))
            }))
        })
        .collect();
    tokio::spawn(async move {
        sleep(Duration::from_millis(100)).await;
        for id in 0..EVENTS {
            sender.send((id, TOKEN)).expect("readers");
            sleep(Duration::from_millis(10)).await;
        }
    });
    deliver(readers, "an event to a reader of a `broadcast` channel, axum's `Sse`").await
}

/// Reads the bytes as a server does, and counts the wakes.
fn reader(
    events: impl Stream<Item = std::result::Result<Event, Infallible>> + Send + 'static,
) -> JoinHandle<u32> {
    count_chunks(Sse::new(events).into_response().into_body().into_data_stream())
}
