//! Short texts, which events keep in place.

/// A short text, padded with line breaks. The encoder copies all of it, whatever the text's length: a copy
/// of a constant length takes a few instructions, one of a variable length a call. The length is kept
/// outside, in what would be padding.
///
/// It is written and read in words of eight bytes: a processor that reads what it has only just written
/// has to wait, unless it reads the same pieces.
#[derive(Clone, Copy)]
#[repr(align(8))]
pub(crate) struct Short([[u8; 8]; 3]);

impl Short {
    /// The length of the longest one. With it, a `Text` takes 32 bytes.
    pub(crate) const MAX: usize = 24;

    /// Makes one, if the text is short enough. Returns its length too, and whether it can be sent as it is.
    #[inline]
    pub(super) fn new(text: &str) -> Option<(u8, Self, bool)> {
        let length = u8::try_from(text.len()).ok()?;
        let (whole, rest) = text.as_bytes().as_chunks();
        let words = match *whole {
            [] => [Word::padded(rest), Word::NONE, Word::NONE],
            [first] => [Word::new(first), Word::padded(rest), Word::NONE],
            [first, second] => [Word::new(first), Word::new(second), Word::padded(rest)],
            [first, second, third] if rest.is_empty() => [first, second, third].map(Word::new),
            _ => return None,
        };
        let is_plain = words[0].is_plain & words[1].is_plain & words[2].is_plain;
        Some((length, Self(words.map(|word| word.bytes)), is_plain))
    }

    /// Copies the text, and the line breaks that follow it, to the beginning of `out`.
    ///
    /// # Panics
    ///
    /// If `out` is shorter than [`MAX`](Self::MAX).
    #[inline]
    pub(crate) fn copy_to(&self, out: &mut [u8]) {
        let [first, second, third] = &self.0;
        out[..8].copy_from_slice(first);
        out[8..16].copy_from_slice(second);
        out[16..24].copy_from_slice(third);
    }

    #[inline]
    pub(super) fn as_bytes(&self, length: u8) -> &[u8] {
        // The remainder is the length itself, but lets the compiler omit the check.
        &self.0.as_flattened()[..usize::from(length) % (Self::MAX + 1)]
    }

    pub(super) fn as_str(&self, length: u8) -> &str {
        std::str::from_utf8(self.as_bytes(length)).expect("it was made of a `str`")
    }
}

/// Eight bytes of a short text.
#[derive(Clone, Copy)]
struct Word {
    bytes: [u8; 8],
    /// Whether no line break, NUL or the like is in it.
    is_plain: bool,
}

impl Word {
    const NONE: Self = Self { bytes: [b'\n'; 8], is_plain: true };

    #[inline]
    fn new(bytes: [u8; 8]) -> Self {
        Self { bytes, is_plain: is_plain(u64::from_le_bytes(bytes)) }
    }

    /// Makes a word of fewer than eight bytes, followed by line breaks.
    #[inline]
    fn padded(text: &[u8]) -> Self {
        let used = 8 * text.len();
        let free = u64::MAX << used;
        let word = match (text.first_chunk(), text.last_chunk()) {
            // The middle may be in both.
            (Some(&first), Some(&last)) => {
                let last = u64::from(u32::from_le_bytes(last));
                u64::from(u32::from_le_bytes(first)) | last << (used - 32)
            }
            _ => text.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
        };
        let line_breaks = free & u64::from_le_bytes([b'\n'; 8]);
        Self { bytes: (word | line_breaks).to_le_bytes(), is_plain: is_plain(word | free) }
    }
}

/// Returns whether each byte is above `\r`.
#[inline]
fn is_plain(word: u64) -> bool {
    const EACH: u64 = u64::from_le_bytes([1; 8]);

    let below = word.wrapping_sub(EACH * (u64::from(b'\r') + 1)) & !word;
    below & (EACH << 7) == 0
}
