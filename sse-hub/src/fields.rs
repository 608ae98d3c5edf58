//! The fields of an event as bytes, for records on a disk.
//!
//! | | bytes |
//! |---|---|
//! | which of the fields below it has, as bits | 1 |
//! | comment, name and data: length and text | 4, any |
//! | reconnection time: seconds and nanoseconds | 8, 4 |
//!
//! Numbers are little-endian. The texts are not encoded as clients receive them, so that none can become another
//! field. To add a field, the store's format needs another version.

use std::time::Duration;

use sse_runtime::Event;

use crate::event;

const COMMENT: u8 = 1;
const NAME: u8 = 2;
const DATA: u8 = 4;
const RETRY: u8 = 8;

pub(crate) fn write(bytes: &mut Vec<u8>, event: &Event) {
    let fields = event.fields();
    let at = bytes.len();
    bytes.push(0);
    for (bit, text) in [(COMMENT, fields.comment), (NAME, fields.event), (DATA, fields.data)] {
        if let Some(text) = text {
            bytes[at] |= bit;
            let len = u32::try_from(text.len()).expect("events of less than 4 GiB");
            bytes.extend(len.to_le_bytes());
            bytes.extend(text.as_bytes());
        }
    }
    if let Some(retry) = fields.retry {
        bytes[at] |= RETRY;
        bytes.extend(retry.as_secs().to_le_bytes());
        bytes.extend(retry.subsec_nanos().to_le_bytes());
    }
}

/// Reads the fields, which are the last part of a record.
pub(crate) fn read(mut rest: Rest<'_>) -> Option<Event> {
    let [fields] = rest.array()?;
    let mut text = |bit| {
        if fields & bit == 0 {
            return Some(None);
        }
        let len = u32::from_le_bytes(rest.array()?);
        rest.text(len as usize).map(Some)
    };
    let (comment, name, data) = (text(COMMENT)?, text(NAME)?, text(DATA)?);
    let retry = if fields & RETRY == 0 { None } else { Some(rest.duration()?) };
    let is_whole = rest.0.is_empty() && fields < 2 * RETRY;
    is_whole.then(|| event::build(comment, retry, name, data))
}

/// The part of a record that has not been read yet.
pub(crate) struct Rest<'a>(pub(crate) &'a [u8]);

impl<'a> Rest<'a> {
    pub(crate) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn text(&mut self, len: usize) -> Option<&'a str> {
        str::from_utf8(self.take(len)?).ok()
    }

    fn duration(&mut self) -> Option<Duration> {
        let seconds = self.number()?;
        let nanoseconds = u32::from_le_bytes(self.array()?);
        (nanoseconds < 1_000_000_000).then(|| Duration::new(seconds, nanoseconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_as_it_was_written_and_nothing_that_was_cut_off() {
        for event in [
            Event::data("one\ndata: two\r\n")
                .event("n")
                .with_comment("c")
                .with_retry(Duration::MAX),
            Event::data(""),
            Event::comment("of a friend"),
            Event::retry(Duration::from_nanos(1_500_000_001)),
            Event::empty().event("n"),
            Event::empty(),
        ] {
            let mut bytes = Vec::new();
            write(&mut bytes, &event);
            for len in 0..bytes.len() {
                assert!(read(Rest(&bytes[..len])).is_none(), "{len} of {} bytes", bytes.len());
            }
            assert_eq!(read(Rest(&bytes)).unwrap(), event);
        }
    }
}
