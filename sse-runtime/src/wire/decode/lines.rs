//! Bytes in, lines out, however the bytes are cut.

use memchr::memchr2;

use super::{KEPT, TooLarge};

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
    /// Whether the first line, which may have a byte order mark, is over.
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
        if self.part.is_empty() && self.started {
            return Ok(Some(line));
        }
        Ok(Some(self.first_or_joined(line)))
    }

    /// Whether the next byte begins a line, and not the first one.
    #[inline]
    pub(super) fn is_between_lines(&self) -> bool {
        self.started && !self.after_cr && (self.part.is_empty() || self.handed_out)
    }

    /// Whether there is the beginning of a line, other than a comment.
    pub(super) fn is_within_field(&self) -> bool {
        let part = if self.started { &self.part[..] } else { without_mark(&self.part) };
        !self.handed_out && part.first().is_some_and(|&byte| byte != b':')
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

    /// The first line, or one that came in pieces.
    fn first_or_joined<'a>(&'a mut self, end: &'a [u8]) -> &'a [u8] {
        let is_first = !std::mem::replace(&mut self.started, true);
        let mut line = end;
        if !self.part.is_empty() {
            self.part.extend_from_slice(end);
            self.handed_out = true;
            line = &self.part;
        }
        if is_first { without_mark(line) } else { line }
    }

    /// Keeps the memory for the next line, unless that is much.
    fn forget(&mut self) {
        self.handed_out = false;
        self.part.clear();
        self.part.shrink_to(KEPT);
    }
}

fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
}
