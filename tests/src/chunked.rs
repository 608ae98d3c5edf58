//! The head of a response and the chunks of its body, from pieces of any size.

/// What comes next in the response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    Size,
    Chunk(usize),
    /// The line break after a chunk.
    Break,
    End,
}

#[derive(Debug, Default)]
pub struct Decoder {
    part: Part,
    line: Vec<u8>,
    pub status: Option<u16>,
}

impl Decoder {
    /// Whether the body came to its proper end.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.part == Part::End
    }

    /// Returns what belongs to the body in this piece, even if its chunk hasn't arrived completely.
    pub fn feed(&mut self, mut piece: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        while let Some(&byte) = piece.first() {
            let used = if let Part::Chunk(left) = self.part {
                let used = left.min(piece.len());
                body.extend_from_slice(&piece[..used]);
                self.part = if used == left { Part::Break } else { Part::Chunk(left - used) };
                used
            } else {
                self.line.push(byte);
                if byte == b'\n' {
                    self.end_of_line();
                }
                1
            };
            piece = &piece[used..];
        }
        body
    }

    fn end_of_line(&mut self) {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).trim_end().to_owned();
        self.part = match self.part {
            Part::Head if line.is_empty() => Part::Size,
            Part::Head => {
                let status = || line.split(' ').nth(1)?.parse().ok();
                self.status = self.status.or_else(status);
                Part::Head
            }
            Part::Size => match usize::from_str_radix(&line, 16) {
                Ok(0) | Err(_) => Part::End,
                Ok(size) => Part::Chunk(size),
            },
            Part::Break => Part::Size,
            other => other,
        };
    }
}
