//! What is to be sent at once.

use bytes::Bytes;

/// Whole events and heartbeats.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// A large event that comes after them.
    pub(super) shared_tail: Option<Bytes>,
    pub(super) events: usize,
    pub(super) heartbeats: usize,
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.bytes.len() + self.shared_tail.as_ref().map_or(0, Bytes::len)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.shared_tail.is_none()
    }

    /// Adds the chunk that comes after this one, which has no tail yet.
    pub(super) fn append(&mut self, mut other: Self) {
        self.bytes.append(&mut other.bytes);
        self.shared_tail = other.shared_tail;
        self.events += other.events;
        self.heartbeats += other.heartbeats;
    }
}
