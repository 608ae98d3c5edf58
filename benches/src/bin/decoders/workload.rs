//! Streams to read.

use bytes::Bytes;

pub(crate) struct Workload {
    pub(crate) name: &'static str,
    lines: usize,
    line: usize,
    /// How many bytes a chunk has, whatever they are; else each event has its own.
    chunk: Option<usize>,
}

/// Tokens that come one by one, pages of text, and tokens that have piled up.
pub(crate) const WORKLOADS: [Workload; 3] = [
    Workload { name: "token", lines: 1, line: 80, chunk: None },
    Workload { name: "page", lines: 16, line: 63, chunk: None },
    Workload { name: "burst", lines: 1, line: 80, chunk: Some(64 * 1024) },
];

const TEXT: &str =
    "the quick brown fox jumps over the lazy dog, and then it sleeps until autumn is here";

impl Workload {
    /// Of one event.
    pub(crate) fn data(&self) -> String {
        vec![&TEXT[..self.line]; self.lines].join("\n")
    }

    /// The chunks of a stream of so many events.
    pub(crate) fn chunks(&self, count: usize) -> Vec<Bytes> {
        let event = Bytes::from(format!("data: {}\n\n", self.data().replace('\n', "\ndata: ")));
        match self.chunk {
            None => vec![event; count],
            Some(length) => {
                let stream = event.repeat(count);
                stream.chunks(length).map(Bytes::copy_from_slice).collect()
            }
        }
    }
}
