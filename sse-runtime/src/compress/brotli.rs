//! Brotli.

use std::io::{self, Write as _};

use brotli::CompressorWriter;

/// The size of the encoder's input buffer, which is of no use here, since every batch is flushed.
const BUFFER: usize = 1024;

pub(crate) struct Brotli(Box<CompressorWriter<Vec<u8>>>);

impl Brotli {
    pub(super) fn new(level: u8) -> Self {
        // From level 5 on, a small window makes brotli take a far larger table.
        let window = if level < 5 { 16 } else { 18 };
        Self(Box::new(CompressorWriter::new(Vec::new(), BUFFER, level.into(), window)))
    }

    pub(super) fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        self.0.write_all(bytes)?;
        self.0.flush()?;
        out.append(self.0.get_mut());
        Ok(())
    }

    pub(super) fn finish(self, out: &mut Vec<u8>) {
        out.append(&mut self.0.into_inner());
    }
}
