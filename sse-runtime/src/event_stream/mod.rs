//! The stream of events, as a handler returns it.

mod conversions;
mod evictable;
mod heartbeat;
mod item;
mod map_events;
mod on_error;
mod settings;
mod shutdown;
mod stream_of;
mod watcher;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use sync_wrapper::SyncWrapper;

pub use item::StreamItem;
pub use map_events::MapEvents;
pub use on_error::OnError;
pub(crate) use settings::Settings;
pub use stream_of::StreamOf;

use crate::event::Event;

pin_project! {
    /// A stream of server-sent events, ready to be returned from a handler.
    ///
    /// It is written as a block, [`EventStream! { … }`](macro@crate::EventStream), or made
    /// [from](Self::new) any [`Stream`] of [`Event`] or of `Result<Event, E>`. It is a `Stream` of
    /// the same items itself, so it composes, and can be tested without a server:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::{Event, EventStream};
    ///
    /// let numbers = EventStream::from(stream::iter(1..=3).map(Event::data));
    /// assert_eq!(numbers.collect::<Vec<_>>().await[2], Event::data("3"));
    /// # }
    /// ```
    ///
    /// It is lazy: nothing happens until it is polled. It is fused, and drops what it holds
    /// as soon as it has ended. It is `Sync`, as some frameworks demand of a body, whatever its stream is.
    ///
    /// As a body it needs a Tokio runtime with time enabled, as all of the supported
    /// web frameworks have.
    #[must_use = "an event stream does nothing until it is polled or returned from a handler"]
    pub struct EventStream<S> {
        // `None` once it has ended.
        #[pin]
        stream: Option<SyncWrapper<S>>,
        pub(crate) settings: Settings,
        // Whether it is a block itself, whose events a body can encode where they are yielded.
        is_block: bool,
    }
}

/// An [`EventStream`] whose type can be written down: see [`EventStream::boxed`].
pub type BoxEventStream<'a, I = Event> = EventStream<Pin<Box<dyn Stream<Item = I> + Send + 'a>>>;

/// An [`EventStream`] that needn't be `Send`, and whose type can be written down: see
/// [`EventStream::boxed_local`].
pub type LocalBoxEventStream<'a, I = Event> = EventStream<Pin<Box<dyn Stream<Item = I> + 'a>>>;

impl<S> EventStream<S> {
    /// Makes an event stream from any [`Stream`] of [`Event`] or of `Result<Event, E>`.
    ///
    /// Another `EventStream` is wrapped like any stream: it still ends at its own shutdown signal, but the
    /// heartbeat is that of the new one.
    ///
    /// ```
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::{Event, EventStream};
    ///
    /// fn countdown() -> EventStream![] {
    ///     EventStream::new(stream::iter([3, 2, 1]).map(Event::data)).heartbeat(None)
    /// }
    /// # let _ = countdown();
    /// ```
    pub fn new(stream: S) -> Self
    where
        S: Stream<Item: StreamItem>,
    {
        Self::wrap(stream)
    }

    fn wrap(stream: S) -> Self {
        let stream = Some(SyncWrapper::new(stream));
        Self { stream, settings: Settings::default(), is_block: false }
    }

    pub(crate) fn of_block(block: S) -> Self {
        Self { is_block: true, ..Self::wrap(block) }
    }

    /// Boxes the stream, which gives it a type that can be written down, as in a struct or where a
    /// function returns one of several streams. All settings are kept.
    ///
    /// ```
    /// # use sse_runtime::{BoxEventStream, Event, EventStream};
    /// fn news(old: bool) -> BoxEventStream<'static> {
    ///     if old {
    ///         EventStream! { yield Event::data("hello again"); }.boxed()
    ///     } else {
    ///         EventStream! { yield Event::data("hello"); }.boxed()
    ///     }
    /// }
    /// # let _ = news(true);
    /// ```
    pub fn boxed<'a>(self) -> BoxEventStream<'a, S::Item>
    where
        S: Stream + Send + 'a,
    {
        self.map(|stream| Box::pin(stream) as _)
    }

    /// Does the same as [`boxed`](Self::boxed) for a stream that needn't be `Send`, as actix-web allows.
    ///
    /// ```
    /// # use sse_runtime::{Event, EventStream, LocalBoxEventStream};
    /// use std::rc::Rc;
    ///
    /// fn news(text: Rc<str>) -> LocalBoxEventStream<'static> {
    ///     EventStream! { yield Event::data(&*text); }.boxed_local()
    /// }
    /// # let _ = news("hello".into());
    /// ```
    pub fn boxed_local<'a>(self) -> LocalBoxEventStream<'a, S::Item>
    where
        S: Stream + 'a,
    {
        self.map(|stream| Box::pin(stream) as _)
    }

    /// Changes every event, and keeps all settings. The events of a stream that can fail are changed as
    /// well; its failure passes as it is.
    ///
    /// `StreamExt::map` would return a stream that has lost the heartbeat, the shutdown signal and all
    /// other settings.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::StreamExt as _;
    /// use sse_runtime::{Event, EventStream};
    ///
    /// fn numbered(events: EventStream![]) -> EventStream![] {
    ///     let mut number = 0;
    ///     events.map_events(move |event| {
    ///         number += 1;
    ///         event.id(number)
    ///     })
    /// }
    ///
    /// let events = numbered(EventStream! {
    ///     yield Event::data("a");
    ///     yield Event::data("b");
    /// });
    /// let events: Vec<_> = events.collect().await;
    /// assert_eq!(events, [Event::data("a").id(1), Event::data("b").id(2)]);
    /// # }
    /// ```
    pub fn map_events<F>(self, change: F) -> EventStream<MapEvents<S, F>>
    where
        S: Stream<Item: StreamItem>,
        F: FnMut(Event) -> Event,
    {
        let mut events = self.map(|stream| MapEvents { stream, change });
        // An event must not be encoded before it is changed.
        events.is_block = false;
        events
    }

    fn map<T>(self, change: impl FnOnce(S) -> T) -> EventStream<T> {
        EventStream {
            stream: self.stream.map(|stream| SyncWrapper::new(change(stream.into_inner()))),
            settings: self.settings,
            is_block: self.is_block,
        }
    }

    pub(crate) fn settings_mut(self: Pin<&mut Self>) -> &mut Settings {
        self.project().settings
    }

    /// Ends the stream now: what it holds is dropped.
    pub(crate) fn end(self: Pin<&mut Self>) {
        self.project().stream.set(None);
    }

    pub(crate) fn is_block(&self) -> bool {
        self.is_block
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.stream.is_none()
    }

    /// Returns whether its shutdown signal ended it, rather than its own end: for `sse-hub`.
    #[doc(hidden)]
    pub fn is_cut_off(&self) -> bool {
        self.settings.rare().is_some_and(|rare| rare.shutdown.is_over())
    }
}

impl<S, E> EventStream<S>
where
    S: Stream<Item = Result<Event, E>>,
{
    /// Turns a failure into a last event and a clean end, after which a browser
    /// reconnects. The result is a stream of `Event`, declared `EventStream![]`. Log the failure in
    /// the closure: metrics and traces record such a stream as finished.
    ///
    /// Without it a failure aborts the response, so that a client can tell it from an end. In some cases
    /// the client can't, and an event of your own is the only sign of a failure:
    ///
    /// * Rocket 0.5 can't abort a response: it logs the failure and ends the response.
    /// * Over HTTP/1.0 an end is nothing but a closed connection, under axum and hyper. nginx
    ///   speaks it to the server unless told `proxy_http_version 1.1`.
    /// * Caddy ends its response properly whatever the server did. Apache, haproxy, Squid, Varnish,
    ///   and nginx with HTTP/1.1 pass an abort on: see
    ///   [what was measured](crate::guide::proxies#what-proxies-do-to-streams).
    ///
    /// What was yielded before the failure arrives, unless the client stops reading for more than
    /// five seconds. Under actix-web, a pause of a tenth of a second can already cost it the last
    /// events, since actix-web drops what its buffer still holds. So can a panic in an infallible
    /// block, in any framework. With `on_error` nothing is lost at a failure.
    ///
    /// ```
    /// # use sse_runtime::{Event, EventStream};
    /// fn lines() -> EventStream![] {
    ///     EventStream! {
    ///         let text = tokio::fs::read_to_string("news.txt").await?;
    ///         yield Event::data(text);
    ///     }
    ///     .on_error(|error: std::io::Error| {
    ///         eprintln!("the news can't be read: {error}");
    ///         Event::data("try again later").event("failed")
    ///     })
    /// }
    /// # let _ = lines();
    /// ```
    pub fn on_error<F>(self, event: F) -> EventStream<OnError<S, F>>
    where
        F: FnOnce(E) -> Event,
    {
        self.map(|stream| OnError { stream, event: Some(event) })
    }
}

impl<S: Stream> EventStream<S> {
    /// Ends the stream if its grace period is over.
    #[inline]
    pub(crate) fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) {
        let mut this = self.project();
        if let Some(shutdown) = this.settings.shutdown()
            && this.stream.is_some()
            && shutdown.poll_over(cx)
        {
            this.stream.set(None);
        }
    }

    /// Returns the next item, whatever the shutdown signal says.
    #[inline]
    pub(crate) fn poll_item(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        let Some(stream) = this.stream.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let item = ready!(stream.get_pin_mut().poll_next(cx));
        if item.is_none() {
            this.stream.set(None);
        }
        Poll::Ready(item)
    }
}

impl<S: Stream> Stream for EventStream<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.as_mut().poll_shutdown(cx);
        self.poll_item(cx)
    }
}

impl<S: Stream> FusedStream for EventStream<S> {
    fn is_terminated(&self) -> bool {
        self.is_ended()
    }
}

impl<S> fmt::Debug for EventStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("ended", &self.is_ended()).finish_non_exhaustive()
    }
}
