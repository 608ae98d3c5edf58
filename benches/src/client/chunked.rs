//! The head of a response, and the chunks of its body.

use memchr::memmem;

#[derive(Debug, Default)]
pub(super) struct Decoder {
    state: State,
    head: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    Size(usize),
    Chunk(usize),
    /// The line break after a chunk.
    Break,
    End,
}

impl Decoder {
    pub(super) fn has_head(&self) -> bool {
        self.state != State::Head
    }

    pub(super) fn is_done(&self) -> bool {
        self.state == State::End
    }

    /// Hands on what of the input belongs to the content.
    pub(super) fn feed(&mut self, mut input: &[u8], content: &mut impl FnMut(&[u8])) {
        while !input.is_empty() && !self.is_done() {
            let used = match &mut self.state {
                State::Head => self.head(input),
                State::Chunk(left) => {
                    let now = input.len().min(*left);
                    content(&input[..now]);
                    *left -= now;
                    if *left == 0 {
                        self.state = State::Break;
                    }
                    now
                }
                State::Size(_) | State::Break => {
                    self.state = self.state.after(input[0]);
                    1
                }
                State::End => return,
            };
            input = &input[used..];
        }
    }

    fn head(&mut self, input: &[u8]) -> usize {
        let before = self.head.len();
        self.head.extend_from_slice(input);
        let Some(end) = memmem::find(&self.head, b"\r\n\r\n") else {
            return input.len();
        };
        self.head.truncate(end);
        self.head.make_ascii_lowercase();
        assert!(self.head.starts_with(b"http/1.1 200 "), "{}", self.head.escape_ascii());
        let is_chunked = memmem::find(&self.head, b"transfer-encoding: chunked").is_some();
        // Without chunks, the body is all that follows.
        self.state = if is_chunked { State::Size(0) } else { State::Chunk(usize::MAX) };
        end + 4 - before
    }
}

impl State {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Size(size), b'0'..=b'9') => Self::Size(size * 16 + usize::from(byte - b'0')),
            (Self::Size(size), b'a'..=b'f') => {
                Self::Size(size * 16 + usize::from(byte - b'a' + 10))
            }
            (Self::Size(size), b'A'..=b'F') => {
                Self::Size(size * 16 + usize::from(byte - b'A' + 10))
            }
            (Self::Size(0), b'\n') => Self::End,
            (Self::Size(size), b'\n') => Self::Chunk(size),
            (Self::Break, b'\n') => Self::Size(0),
            (_, b'\r') => self,
            _ => panic!("byte {byte} in a chunk's frame"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        3\r\nabc\r\n1C\r\n0123456789abcdef0123456789ab\r\n0\r\n\r\n";

    #[test]
    fn chunks_are_joined_wherever_reads_end() {
        for size in 1..RESPONSE.len() {
            let mut decoder = Decoder::default();
            let mut content = Vec::new();
            for part in RESPONSE.chunks(size) {
                decoder.feed(part, &mut |bytes| content.extend_from_slice(bytes));
            }
            assert!(decoder.is_done());
            assert_eq!(content, b"abc0123456789abcdef0123456789ab");
        }
    }
}
