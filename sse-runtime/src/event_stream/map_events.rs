//! Changes every event of a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::item::StreamItem;
use crate::event::Event;

pin_project! {
    /// The stream of [`EventStream::map_events`](crate::EventStream::map_events).
    pub struct MapEvents<S, F> {
        #[pin]
        pub(super) stream: S,
        pub(super) change: F,
    }
}

impl<S, F> fmt::Debug for MapEvents<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapEvents").finish_non_exhaustive()
    }
}

impl<S, F> Stream for MapEvents<S, F>
where
    S: Stream<Item: StreamItem>,
    F: FnMut(Event) -> Event,
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        this.stream.poll_next(cx).map(|item| item.map(|item| item.map_event(this.change)))
    }
}
