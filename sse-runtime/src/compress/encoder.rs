//! The encoders: bytes in, compressed and flushed bytes out.

use std::io::{self, Write as _};

use flate2::{Compress, FlushCompress, Status};
use zstd::stream::raw::{self, InBuffer, Operation as _, OutBuffer};
use zstd::zstd_safe::CParameter;

use super::{Algorithm, Compression};

/// Zstandard's memory for each connection grows with it; 128 KiB of what came before are enough
/// to find most of what repeats.
const ZSTD_WINDOW_LOG: u32 = 17;

const GZIP_WINDOW_LOG: u8 = 15;

/// What brotli collects before it compresses: of no use here, as every batch is flushed.
const BROTLI_BUFFER: usize = 1024;

/// What is added to a buffer that is too small for the output.
const MORE_ROOM: usize = 256;

/// One stream's compressor.
pub(crate) enum Encoder {
    Identity,
    Gzip(Compress),
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Zstd(raw::Encoder<'static>),
}

impl Encoder {
    /// # Errors
    ///
    /// If there is no memory for it.
    pub(crate) fn new(compression: Compression) -> io::Result<Self> {
        let level = compression.level;
        Ok(match compression.algorithm {
            Algorithm::None => Self::Identity,
            Algorithm::Gzip => {
                let level = flate2::Compression::new(level.into());
                Self::Gzip(Compress::new_gzip(level, GZIP_WINDOW_LOG))
            }
            Algorithm::Brotli => {
                // From level 5 on, a small window makes brotli take a far larger table.
                let window = if level < 5 { 16 } else { 18 };
                let level = level.into();
                let writer =
                    brotli::CompressorWriter::new(Vec::new(), BROTLI_BUFFER, level, window);
                Self::Brotli(Box::new(writer))
            }
            Algorithm::Zstd => {
                let mut encoder = raw::Encoder::new(level.into())?;
                encoder.set_parameter(CParameter::WindowLog(ZSTD_WINDOW_LOG))?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Appends what these bytes become, whole: a client can read all of them.
    pub(crate) fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Identity => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            Self::Gzip(compress) => deflate(compress, bytes, FlushCompress::Sync, out),
            Self::Brotli(writer) => {
                writer.write_all(bytes)?;
                writer.flush()?;
                out.append(writer.get_mut());
                Ok(())
            }
            Self::Zstd(encoder) => {
                let mut input = InBuffer::around(bytes);
                while input.pos < bytes.len() {
                    encoder.run(&mut input, &mut with_room(out))?;
                }
                while encoder.flush(&mut with_room(out))? > 0 {}
                Ok(())
            }
        }
    }

    /// Appends what marks the end.
    pub(crate) fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Identity => Ok(()),
            Self::Gzip(mut compress) => deflate(&mut compress, &[], FlushCompress::Finish, out),
            Self::Brotli(writer) => {
                out.append(&mut writer.into_inner());
                Ok(())
            }
            Self::Zstd(mut encoder) => {
                while encoder.finish(&mut with_room(out), true)? > 0 {}
                Ok(())
            }
        }
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
            // All is out when it has left room.
            _ => bytes.is_empty() && out.len() < out.capacity(),
        };
        if is_whole {
            return Ok(());
        }
    }
}

/// The buffer, to be appended to.
fn with_room(out: &mut Vec<u8>) -> OutBuffer<'_, Vec<u8>> {
    out.reserve(MORE_ROOM);
    let length = out.len();
    OutBuffer::around_pos(out, length)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    const EACH: [Compression; 3] =
        [Compression::gzip(), Compression::brotli(), Compression::zstd()];

    fn decoder<'a>(encoding: &str, bytes: &'a [u8]) -> Box<dyn Read + 'a> {
        match encoding {
            "gzip" => Box::new(flate2::read::GzDecoder::new(bytes)),
            "br" => Box::new(brotli::Decompressor::new(bytes, 4096)),
            _ => Box::new(zstd::Decoder::new(bytes).unwrap()),
        }
    }

    /// As much as can be read of a stream that has not ended.
    fn readable(encoding: &str, bytes: &[u8]) -> Vec<u8> {
        let mut read = Vec::new();
        _ = decoder(encoding, bytes).read_to_end(&mut read);
        read
    }

    /// Some that compress well and some that don't, from none to more than any buffer.
    fn pieces() -> impl Iterator<Item = Vec<u8>> {
        let mut noise = 1_u32;
        [0, 1, 12, 255, 256, 257, 4096, 40_000].into_iter().flat_map(move |length| {
            let mut random = || {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                noise.to_be_bytes()[0]
            };
            [vec![b'a'; length], (0..length).map(|_| random()).collect()]
        })
    }

    #[test]
    fn each_piece_can_be_read_when_it_is_encoded() {
        for compression in EACH {
            let encoding = compression.encoding().unwrap();
            for level in [0, 1, 5] {
                let mut encoder = Encoder::new(compression.level(level)).unwrap();
                let (mut plain, mut out) = (Vec::new(), Vec::new());
                for piece in pieces() {
                    plain.extend_from_slice(&piece);
                    encoder.encode(&piece, &mut out).unwrap();
                    assert!(readable(encoding, &out) == plain, "{encoding} {level}");
                }
            }
        }
    }

    #[test]
    fn a_stream_that_ended_is_whole_and_one_that_was_cut_off_is_not() {
        for compression in EACH {
            let encoding = compression.encoding().unwrap();
            let mut encoder = Encoder::new(compression).unwrap();
            let mut out = Vec::new();
            encoder.encode(b"data: a\n\n", &mut out).unwrap();
            let mut read = Vec::new();
            assert!(decoder(encoding, &out).read_to_end(&mut read).is_err(), "{encoding}");
            encoder.finish(&mut out).unwrap();
            read.clear();
            decoder(encoding, &out).read_to_end(&mut read).unwrap();
            assert_eq!(read, b"data: a\n\n");
        }
    }

    #[test]
    fn levels_beyond_an_encodings_are_its_nearest() {
        assert_eq!(Compression::gzip().level(200), Compression::gzip().level(9));
        assert_eq!(Compression::zstd().level(0), Compression::zstd().level(1));
        for compression in EACH {
            assert!(Encoder::new(compression.level(u8::MAX)).is_ok());
        }
    }
}
