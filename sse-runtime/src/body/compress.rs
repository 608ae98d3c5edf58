//! Compression: each chunk is compressed and flushed.

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
pub(super) use on::Compressor;

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
mod on {
    use std::io;

    use super::super::pipeline::Chunk;
    use crate::compress::{Compression, Encoder};

    pub(in crate::body) enum Compressor {
        /// Chunks stay as they are, or the end was written.
        Off,
        /// Without memory yet.
        Idle(Compression),
        Running(Box<Encoder>),
    }

    impl Compressor {
        pub(in crate::body) fn new(compression: Option<Compression>) -> Self {
            let compression = compression.filter(|it| *it != Compression::none());
            compression.map_or(Self::Off, Self::Idle)
        }

        /// Returns whether there is no end to be written.
        pub(in crate::body) fn is_done(&self) -> bool {
            matches!(self, Self::Off)
        }

        pub(in crate::body) fn stop(&mut self) {
            *self = Self::Off;
        }

        /// Compresses the chunk, and adds the end if it is the last.
        #[inline]
        pub(in crate::body) fn compress(
            &mut self,
            chunk: &mut Chunk,
            is_last: bool,
        ) -> io::Result<()> {
            if self.is_done() || chunk.is_empty() && !is_last {
                return Ok(());
            }
            self.encode(chunk, is_last)
        }

        fn encode(&mut self, chunk: &mut Chunk, is_last: bool) -> io::Result<()> {
            let Chunk { bytes: plain, shared_tail, mut stats } = std::mem::take(chunk);
            let tail = shared_tail.unwrap_or_default();
            stats.plain += tail.len();
            let mut encoder = match std::mem::replace(self, Self::Off) {
                Self::Idle(compression) => Box::new(Encoder::new(compression)?),
                Self::Running(encoder) => encoder,
                Self::Off => return Ok(()),
            };
            let mut bytes = Vec::new();
            for piece in [&plain[..], &tail].into_iter().filter(|piece| !piece.is_empty()) {
                encoder.encode(piece, &mut bytes)?;
            }
            if is_last {
                encoder.finish(&mut bytes)?;
            } else {
                *self = Self::Running(encoder);
            }
            *chunk = Chunk { bytes, shared_tail: None, stats };
            Ok(())
        }
    }
}

#[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
pub(super) struct Compressor;

#[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
#[allow(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "as with the feature")]
impl Compressor {
    pub(super) fn is_done(&self) -> bool {
        true
    }

    pub(super) fn stop(&mut self) {}
}
