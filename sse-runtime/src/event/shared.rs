//! Events that are sent many times.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::{Data, Event};

/// An event and, once it has been sent for the first time, its bytes.
pub(crate) struct Shared {
    /// Never a shared event itself.
    event: Event,
    bytes: OnceLock<Bytes>,
}

impl Shared {
    pub(super) fn event(&self) -> &Event {
        &self.event
    }

    /// Returns the event's encoding, made by the first caller.
    pub(crate) fn bytes(&self, encode: impl FnOnce(&Event) -> Bytes) -> &Bytes {
        self.bytes.get_or_init(|| encode(&self.event))
    }
}

impl Event {
    /// Prepares the event for many clients. It is encoded once, when it is first sent, and its
    /// clones share the texts and the bytes. From 4 KiB on, the bytes aren't copied for each
    /// client either; only Rocket copies them when it writes them.
    ///
    /// It is equal to the event that it was made from, and [`fields`](Self::fields) reads it. A
    /// method that changes it returns an event that isn't shared, and copies the texts if there
    /// are other clones.
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
        Self { data: Some(Data::Shared(Arc::new(shared))), extra: None }
    }

    pub(crate) fn shared(&self) -> Option<&Shared> {
        match &self.data {
            Some(Data::Shared(shared)) => Some(shared),
            _ => None,
        }
    }

    /// Turns this into an event that isn't shared, before it is changed.
    #[inline]
    pub(super) fn own(&mut self) {
        if self.shared().is_some() {
            self.unshare();
        }
    }

    #[cold]
    fn unshare(&mut self) {
        if let Some(Data::Shared(shared)) = &mut self.data {
            *self = match Arc::get_mut(shared) {
                Some(shared) => shared.event.take(),
                None => shared.event.clone(),
            };
        }
    }
}
