//! Zstandard.

use std::io;

use zstd::stream::raw::{Encoder, InBuffer, Operation as _, OutBuffer};
use zstd::zstd_safe::CParameter;

/// The size of the window, with which the memory per connection grows. In the last 128 KiB, most of what
/// repeats is found.
const WINDOW_LOG: u32 = 17;

/// The room that is added to a buffer that is too small for the output.
const MORE_ROOM: usize = 256;

pub(crate) struct Zstd(Encoder<'static>);

impl Zstd {
    pub(super) fn new(level: u8) -> io::Result<Self> {
        let mut encoder = Encoder::new(level.into())?;
        encoder.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        Ok(Self(encoder))
    }

    pub(super) fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut input = InBuffer::around(bytes);
        while input.pos < bytes.len() {
            self.0.run(&mut input, &mut with_room(out))?;
        }
        while self.0.flush(&mut with_room(out))? > 0 {}
        Ok(())
    }

    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> io::Result<()> {
        while self.0.finish(&mut with_room(out), true)? > 0 {}
        Ok(())
    }
}

/// Returns the buffer, to be appended to.
fn with_room(out: &mut Vec<u8>) -> OutBuffer<'_, Vec<u8>> {
    out.reserve(MORE_ROOM);
    let length = out.len();
    OutBuffer::around_pos(out, length)
}
