//! What a client counts of what it receives.

use memchr::memchr_iter;

const EDGE: usize = 32;

/// A sign of life that may come at any time between two lines.
const HEARTBEAT: &[u8] = b":\n";

/// The lines of data, and the first and last bytes of the content. Signs of life, which the
/// libraries send in different ways, are no lines of data.
#[derive(Clone, Debug)]
pub struct Tally {
    pub lines: usize,
    first: Vec<u8>,
    last: Vec<u8>,
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
        self.at_line_start = content.last().map_or(self.at_line_start, |byte| *byte == b'\n');
        self.keep_edges(content);
    }

    /// Whether no event has been begun and not ended.
    pub fn is_between_events(&self) -> bool {
        self.last.strip_suffix(HEARTBEAT).unwrap_or(&self.last).ends_with(b"\n\n")
    }

    /// Whether the first and last bytes are the same, except for heartbeats between them.
    pub fn has_edges_of(&self, other: &Self) -> bool {
        let [first, last] = [&self.first, &self.last].map(|edge| without_heartbeat(edge));
        let [first_of_other, last_of_other] =
            [&other.first, &other.last].map(|edge| without_heartbeat(edge));
        let length = first.len().min(first_of_other.len());
        let first_is_same = first[..length] == first_of_other[..length];
        let length = last.len().min(last_of_other.len());
        let end = |edge: &[u8]| edge[edge.len() - length..].to_vec();
        first_is_same && end(&last) == end(&last_of_other)
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

fn without_heartbeat(edge: &[u8]) -> Vec<u8> {
    let lines = edge.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| *line != HEARTBEAT).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(parts: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for part in parts {
            tally.add(part.as_bytes());
        }
        tally
    }

    #[test]
    fn lines_of_data_are_counted_wherever_reads_end() {
        let content = "data: d\ndata:\n\n:\nid: d\ndata: \n\n";
        for middle in 0..content.len() {
            let (begin, end) = content.split_at(middle);
            assert_eq!(tally(&[begin, end]).lines, 3);
        }
    }

    #[test]
    fn signs_of_life_do_not_count() {
        let plain = tally(&["data: 1\n\n", "data: 2\n\n"]);
        let with_heartbeats = tally(&[":\ndata: 1\n\n:\n", "data: 2\n\n:\n"]);
        assert!(with_heartbeats.is_between_events() && with_heartbeats.has_edges_of(&plain));
        assert!(!tally(&["data: 1\n:\n"]).is_between_events());
        assert!(!tally(&["data: 1\n\n", "data: 3\n\n"]).has_edges_of(&plain));
    }
}
