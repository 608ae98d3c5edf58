//! The settings of a stream: heartbeat, shutdown, coalescing and compression.

use std::future::Future;
use std::time::Duration;

use super::EventStream;
use super::heartbeat::Heartbeat;
use super::shutdown::Shutdown;
#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
use crate::compress::Compression;
use crate::event::Event;
use crate::wire::{HEARTBEAT, encode};

#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) heartbeat: Heartbeat,
    /// Boxed, since each connection keeps its settings.
    rare: Option<Box<RareSettings>>,
}

/// What few streams have.
#[derive(Default)]
pub(crate) struct RareSettings {
    pub(crate) coalesce: Duration,
    #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
    pub(crate) compression: Option<Compression>,
    pub(crate) shutdown: Shutdown,
    /// `None` for an empty comment.
    heartbeat: Option<Box<[u8]>>,
}

impl Settings {
    #[inline]
    pub(crate) fn rare(&self) -> Option<&RareSettings> {
        self.rare.as_deref()
    }

    /// Returns the signals, if any setting was made that few streams have.
    #[inline]
    pub(super) fn shutdown(&mut self) -> Option<&mut Shutdown> {
        self.rare.as_mut().map(|rare| &mut rare.shutdown)
    }

    #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
    pub(crate) fn compression(&self) -> Option<Compression> {
        self.rare().and_then(|rare| rare.compression)
    }

    /// Returns the bytes of a heartbeat.
    pub(crate) fn heartbeat(&self) -> &[u8] {
        self.rare().and_then(|rare| rare.heartbeat.as_deref()).unwrap_or(HEARTBEAT)
    }

    pub(crate) fn rare_mut(&mut self) -> &mut RareSettings {
        self.rare.get_or_insert_default()
    }
}

impl<S> EventStream<S> {
    /// Sets the interval of the heartbeat: an empty comment, which clients discard,
    /// that keeps proxies from closing a quiet connection. `None` or zero turns it off;
    /// the default is 30 seconds.
    ///
    /// The interval is fixed and counts from the first poll; the first beat comes after
    /// one interval. After a stall there is one beat, not one for each that was missed.
    ///
    /// The guide lists [after what time proxies and platforms close a quiet
    /// connection](crate::guide::proxies#the-stream-is-closed-while-it-is-quiet).
    ///
    /// Rocket and actix-web may not notice that a client has left before they have something to send to
    /// it: without a heartbeat, its stream is kept until the next event.
    ///
    /// ```
    /// # use sse_runtime::{Event, EventStream};
    /// use std::time::Duration;
    ///
    /// fn news() -> EventStream![] {
    ///     EventStream! { yield Event::data("hello"); }.heartbeat(Duration::from_secs(15))
    /// }
    /// # let _ = news().heartbeat(None);
    /// ```
    pub fn heartbeat(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.settings.heartbeat.set_interval(interval.into());
        self
    }

    /// Sends this event as the heartbeat, in place of an empty comment: for clients that
    /// monitor the connection themselves, and so have to see the heartbeat.
    ///
    /// ```
    /// # use sse_runtime::{Event, EventStream};
    /// fn news() -> EventStream![] {
    ///     EventStream! { yield Event::data("hello"); }
    ///         .heartbeat_event(Event::empty().event("ping"))
    /// }
    /// # let _ = news();
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "as every other builder takes its event")]
    pub fn heartbeat_event(mut self, event: Event) -> Self {
        let mut heartbeat = Vec::new();
        encode(&event, &mut heartbeat);
        self.settings.rare_mut().heartbeat = Some(heartbeat.into());
        self
    }

    /// Ends the stream when `signal` resolves: it first has a grace period, a second
    /// unless set by [`shutdown_grace`](Self::shutdown_grace), to end by itself, then it
    /// ends between two events. A second signal adds to the first: either ends it.
    ///
    /// Servers don't poll the stream of a client that has stopped reading. What the stream holds is dropped
    /// at the end of its grace all the same under axum, under actix-web within `#[actix_web::main]`, and
    /// in the response that `into_http_response` of the feature `http-body` makes. Elsewhere the grace
    /// begins when the stream is next polled: under Rocket, under actix-web within `#[tokio::main]`, in
    /// the bodies of `into_body` and `into_bytes`, and as a `Stream`. The connection of such a client
    /// stays open until the server, or `TCP_USER_TIMEOUT`, gives it up.
    ///
    /// A signal that panics counts as one that has resolved.
    ///
    /// Under Rocket a stream ends by itself when the server shuts down.
    ///
    /// A stream that doesn't listen to the signal has nothing to say before its end: give it a
    /// grace period of zero, and it ends at once.
    ///
    /// ```
    /// # use sse_runtime::{Event, EventStream};
    /// # use std::time::Duration;
    /// # use tokio_util::sync::CancellationToken;
    /// fn news(stop: &CancellationToken) -> EventStream![Event + use<>] {
    ///     EventStream! { yield Event::data("hello"); std::future::pending().await }
    ///         .with_graceful_shutdown(stop.clone().cancelled_owned())
    ///         .shutdown_grace(Duration::ZERO)
    /// }
    /// # let _ = news(&CancellationToken::new());
    /// ```
    pub fn with_graceful_shutdown(
        mut self,
        signal: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.settings.rare_mut().shutdown.add_signal(signal);
        self
    }

    /// Sets how long the stream may go on after a shutdown signal, to end by itself and
    /// perhaps to say goodbye. The default is one second; zero ends it at once.
    ///
    /// Under Rocket it is at most half of the server's own grace period, at whose end
    /// Rocket cuts the connection.
    ///
    /// ```
    /// # use sse_runtime::{Event, EventStream};
    /// use std::time::Duration;
    ///
    /// fn news() -> EventStream![] {
    ///     EventStream! { yield Event::data("hello"); }.shutdown_grace(Duration::from_millis(200))
    /// }
    /// # let _ = news();
    /// ```
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.settings.rare_mut().shutdown.grace = grace;
        self
    }

    /// Lets an event wait this long for others to share its write: for streams whose events come
    /// one by one, and many a second, to many clients. A write costs far more than an event.
    /// Zero, the default, sends each event at once, and `Duration::MAX` all but the first at the end.
    ///
    /// There is at most one write in this time. So the first event after a pause of that length
    /// is sent at once, and others wait for the rest of the time, never longer. A full
    /// chunk (7 KiB; 4 KiB under Rocket), a heartbeat, and the stream's end or failure send what waits at
    /// once; a shutdown does so at the end of its grace. The block itself goes on meanwhile: only its bytes
    /// wait.
    ///
    /// This changes only the response: as a `Stream`, it has each event as soon as it is yielded.
    ///
    /// ```
    /// # use sse_runtime::{Event, EventStream};
    /// use std::time::Duration;
    ///
    /// fn tokens() -> EventStream![] {
    ///     EventStream! { yield Event::data(" the"); }.coalesce(Duration::from_millis(20))
    /// }
    /// # let _ = tokens();
    /// ```
    pub fn coalesce(mut self, window: Duration) -> Self {
        self.settings.rare_mut().coalesce = window;
        self
    }

    /// Compresses the response, either with the best encoding that an
    /// [`AcceptEncoding`](crate::AcceptEncoding) allows or with the given one. Each batch of events is
    /// flushed, so events arrive as soon as they do without compression.
    ///
    /// The response says `Content-Encoding`, and `Vary: Accept-Encoding` even if the client accepts
    /// nothing that is offered and the bytes stay as they are. It keeps `no-transform` in
    /// `Cache-Control`: that tells *proxies* to leave the encoding alone, and the server that
    /// chooses it is not one (RFC 9110, 7.7). A proxy that compressed anew would hold events back.
    ///
    /// From its first event on, each connection has a compressor of its own, which takes 110 to 320 KiB of
    /// memory for zstd and gzip, and 260 to 770 KiB for brotli, at their default levels. Don't compress
    /// secrets beside text that someone else chooses: the size of the response can reveal the secret (the
    /// attack known as BREACH).
    ///
    /// Needs one of the features `gzip`, `brotli` and `zstd`, or `compress`, which is all of them. `zstd`
    /// needs a C compiler.
    ///
    /// ```
    /// # #[cfg(feature = "rocket")] mod example {
    /// use rocket::get;
    /// use sse_runtime::{AcceptEncoding, Event, EventStream};
    ///
    /// #[get("/readings")]
    /// fn readings(accepted: AcceptEncoding) -> EventStream![] {
    ///     EventStream! { yield Event::data("21.5"); }.compress(accepted)
    /// }
    /// # }
    /// ```
    #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
    pub fn compress(mut self, compression: impl Into<Compression>) -> Self {
        self.settings.rare_mut().compression = Some(compression.into());
        self
    }
}
