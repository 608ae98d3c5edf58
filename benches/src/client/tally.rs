//! What a client counts of what it receives.

use memchr::memchr_iter;

const EDGE: usize = 32;

/// The lines of data, and the first and last bytes of the content. Signs of life, which the
/// libraries send in different ways, are no lines of data.
#[derive(Clone, Debug)]
pub struct Tally {
    pub lines: usize,
    pub first: Vec<u8>,
    pub last: Vec<u8>,
    at_line_start: bool,
}

impl Default for Tally {
    fn default() -> Self {
        Self { lines: 0, first: Vec::new(), last: Vec::new(), at_line_start: true }
    }
}

impl Tally {
    pub fn add(&mut self, content: &[u8]) {
        self.lines += usize::from(self.at_line_start && content.starts_with(b"d"));
        self.lines +=
            memchr_iter(b'\n', content).filter(|at| content.get(at + 1) == Some(&b'd')).count();
        self.at_line_start = content.ends_with(b"\n");
        self.keep_edges(content);
    }

    fn keep_edges(&mut self, content: &[u8]) {
        let missing = EDGE - self.first.len();
        self.first.extend_from_slice(&content[..missing.min(content.len())]);
        let end = &content[content.len().saturating_sub(EDGE)..];
        let surplus = (self.last.len() + end.len()).saturating_sub(EDGE);
        self.last.drain(..surplus);
        self.last.extend_from_slice(end);
    }
}
