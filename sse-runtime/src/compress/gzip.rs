//! Gzip.

use std::io;

use flate2::{Compress, FlushCompress, Status};

const WINDOW_LOG: u8 = 15;

/// The room that is added to a buffer that is too small for the output.
const MORE_ROOM: usize = 256;

pub(crate) struct Gzip(Compress);

impl Gzip {
    pub(super) fn new(level: u8) -> Self {
        Self(Compress::new_gzip(flate2::Compression::new(level.into()), WINDOW_LOG))
    }

    pub(super) fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        deflate(&mut self.0, bytes, FlushCompress::Sync, out)
    }

    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> io::Result<()> {
        deflate(&mut self.0, &[], FlushCompress::Finish, out)
    }
}

fn deflate(
    compress: &mut Compress,
    mut bytes: &[u8],
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    loop {
        out.reserve(MORE_ROOM.max(bytes.len() / 2));
        let read = compress.total_in();
        let status = compress.compress_vec(bytes, out, flush)?;
        let read = usize::try_from(compress.total_in() - read).expect("what was read is in memory");
        bytes = &bytes[read..];
        let is_whole = match flush {
            FlushCompress::Finish => status == Status::StreamEnd,
            // Room left in the buffer means that all output has been written.
            _ => bytes.is_empty() && out.len() < out.capacity(),
        };
        if is_whole {
            return Ok(());
        }
    }
}
