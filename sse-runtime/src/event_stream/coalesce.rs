//! Events that wait a little for others.

use std::time::Duration;

use super::EventStream;

impl<S> EventStream<S> {
    /// Lets an event wait this long for others to share its write: for streams whose events come
    /// one by one, and many a second, to many clients. A write costs far more than an event.
    /// Zero, the default, sends each event at once, and `Duration::MAX` all but the first at the end.
    ///
    /// There is at most one write in this time. So the first event after a pause of that length
    /// is sent at once, and others wait for what is left of it, never longer. A full
    /// chunk (7 KiB; 4 KiB under Rocket), a heartbeat, the stream's end, its failure, and a
    /// shutdown send what waits at once. The block itself goes on meanwhile: only its bytes wait.
    ///
    /// It concerns the response; as a `Stream` the events come as they are yielded.
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
        self.settings.coalesce = window;
        self
    }
}
