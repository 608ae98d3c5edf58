//! Bytes as a list of choices; after its end, the first option is always chosen.

pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// Returns a number below this one, which is at least 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let bytes = [self.byte(), if end > 256 { self.byte() } else { 0 }];
        usize::from(u16::from_le_bytes(bytes)) % end
    }

    pub(crate) fn one_of<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> &'t T {
        all[self.below(all.len())]
    }
}
