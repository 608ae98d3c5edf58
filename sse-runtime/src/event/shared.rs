//! Events that are sent many times.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::text::Kept;
use super::{Event, Text};

/// An event and, from the first time that it is sent, its bytes.
pub(crate) struct Shared {
    /// Not a shared one itself.
    event: Event,
    bytes: OnceLock<Bytes>,
}

impl Shared {
    pub(super) fn event(&self) -> &Event {
        &self.event
    }

    /// The event as it is sent, encoded by the first who asks.
    pub(crate) fn bytes(&self, encode: impl FnOnce(&Event) -> Bytes) -> &Bytes {
        self.bytes.get_or_init(|| encode(&self.event))
    }
}

impl Event {
    /// The same event, for many clients: it is encoded once, when it is first sent, and its
    /// clones share the texts and the bytes. From 4 KiB on the bytes are not copied for each client
    /// either, but handed on as they are; Rocket alone copies them, when it writes them.
    ///
    /// It is equal to the event that it was made of and can be read by [`fields`](Self::fields).
    /// A method that changes it gives an event that is not shared, and copies the texts if
    /// there are other clones.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let news = Event::data("a text of many pages").id("42").into_shared();
    /// let for_each_client = vec![news.clone(); 10_000];
    /// assert_eq!(for_each_client[0].fields().id, Some("42"));
    /// assert_eq!(for_each_client[9_999], Event::data("a text of many pages").id("42"));
    /// ```
    pub fn into_shared(self) -> Self {
        if self.shared().is_some() {
            return self;
        }
        let shared = Shared { event: self, bytes: OnceLock::new() };
        Self { data: Some(Text(Kept::Event(Arc::new(shared)))), rest: None }
    }

    pub(crate) fn shared(&self) -> Option<&Shared> {
        self.data.as_ref()?.shared()
    }

    /// Makes this an event that is not shared, before it is changed.
    #[inline]
    pub(super) fn own(&mut self) {
        if self.shared().is_some() {
            self.unshare();
        }
    }

    #[cold]
    fn unshare(&mut self) {
        if let Some(Text(Kept::Event(shared))) = &mut self.data {
            *self = match Arc::get_mut(shared) {
                Some(shared) => shared.event.take(),
                None => shared.event.clone(),
            };
        }
    }
}
