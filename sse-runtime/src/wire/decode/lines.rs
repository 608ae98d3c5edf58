//! Bytes in, lines out, however the bytes are cut.

use memchr::memchr2;

use super::{MAX_RETAINED, TooLarge};

const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Splits at LF, CR and CRLF.
#[derive(Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not come yet.
    part: Vec<u8>,
    /// Whether `part` has been handed out as a whole line.
    handed_out: bool,
    /// Whether an LF that comes next belongs to the line before it.
    after_cr: bool,
    /// Whether the first bytes, which may be a byte order mark, have been read. Until then `part` is
    /// the beginning of one.
    started: bool,
}

impl Lines {
    /// Takes the next line off the bytes. If there is none yet, keeps all of the bytes for later.
    #[inline]
    pub(super) fn next<'l, 'a: 'l>(
        &'l mut self,
        unread: &mut &'a [u8],
        longest: usize,
    ) -> Result<Option<&'l [u8]>, TooLarge> {
        if self.handed_out {
            self.forget();
        }
        self.skip_lf(unread);
        if !self.started {
            self.skip_mark(unread);
        }
        let end = memchr2(b'\n', b'\r', unread);
        if self.part.len() + end.unwrap_or(unread.len()) > longest {
            return Err(TooLarge);
        }
        let Some(end) = end else {
            self.part.extend_from_slice(std::mem::take(unread));
            return Ok(None);
        };
        let (line, rest) = unread.split_at(end);
        self.after_cr = rest[0] == b'\r';
        *unread = &rest[1..];
        if self.part.is_empty() {
            return Ok(Some(line));
        }
        self.part.extend_from_slice(line);
        self.handed_out = true;
        Ok(Some(&self.part))
    }

    /// Returns whether the next byte begins a line, and not the first one.
    #[inline]
    pub(super) fn is_between_lines(&self) -> bool {
        self.started && !self.after_cr && (self.part.is_empty() || self.handed_out)
    }

    /// Returns the beginning of a line whose end has not come yet.
    pub(super) fn part(&self) -> &[u8] {
        if self.handed_out { &[] } else { &self.part }
    }

    fn skip_lf(&mut self, unread: &mut &[u8]) {
        if self.after_cr
            && let Some((first, rest)) = unread.split_first()
        {
            self.after_cr = false;
            if *first == b'\n' {
                *unread = rest;
            }
        }
    }

    /// Drops a byte order mark at the very beginning. If that has not come yet as a whole, keeps what has.
    #[cold]
    fn skip_mark(&mut self, unread: &mut &[u8]) {
        while !self.started
            && let Some((first, rest)) = unread.split_first()
        {
            if *first != BYTE_ORDER_MARK[self.part.len()] {
                self.started = true;
                return;
            }
            self.part.push(*first);
            *unread = rest;
            if self.part == BYTE_ORDER_MARK {
                self.part.clear();
                self.started = true;
            }
        }
    }

    /// Keeps the memory for the next line, unless that is much.
    fn forget(&mut self) {
        self.handed_out = false;
        self.part.clear();
        self.part.shrink_to(MAX_RETAINED);
    }
}
