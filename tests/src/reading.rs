//! Our reader, on bytes that are there already.

use std::convert::Infallible;

use futures::executor::block_on;
use futures::{StreamExt as _, stream};
use sse_runtime::{EventReader, ReadError, Received};

use crate::reference::{Dispatched, Parser};

/// What is known of a stream when it has been read to its end.
#[derive(Debug, PartialEq)]
pub struct Reading {
    pub received: Vec<Received>,
    pub error: Option<ReadError<Infallible>>,
    pub last_event_id: String,
    /// In milliseconds.
    pub reconnection_time: Option<u128>,
    pub is_cut_off: bool,
    pub cut_off: Option<Received>,
}

impl Reading {
    #[must_use]
    pub fn of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self::with_limit(pieces, None)
    }

    #[must_use]
    pub fn with_limit<'a>(
        pieces: impl IntoIterator<Item = &'a [u8]>,
        limit: Option<usize>,
    ) -> Self {
        let mut reader = EventReader::new(stream::iter(pieces).map(Ok));
        if let Some(limit) = limit {
            reader = reader.max_event_bytes(limit);
        }
        let (mut received, mut error) = (Vec::new(), None);
        while let Some(item) = block_on(reader.next()) {
            match item {
                Ok(event) => received.push(event),
                Err(failure) => error = Some(failure),
            }
        }
        Self {
            received,
            error,
            last_event_id: reader.last_event_id().to_owned(),
            reconnection_time: reader.reconnection_time().map(|time| time.as_millis()),
            is_cut_off: reader.is_cut_off(),
            cut_off: reader.cut_off_event(),
        }
    }

    pub fn assert_is_of(&self, reference: &Parser) {
        let ours: Vec<_> = self.received.iter().map(dispatched).collect();
        assert_eq!(ours, reference.dispatched);
        assert_eq!(self.error, None);
        assert_eq!(self.last_event_id, reference.last_event_id);
        assert_eq!(self.reconnection_time, reference.reconnection_time.map(u128::from));
        assert_eq!(self.is_cut_off, reference.is_within_event());
        assert_eq!(self.cut_off.as_ref().map(dispatched), reference.unfinished());
    }
}

fn dispatched(received: &Received) -> Dispatched {
    Dispatched {
        event: received.event.to_string(),
        data: received.data.clone(),
        last_event_id: received.id.to_string(),
    }
}
