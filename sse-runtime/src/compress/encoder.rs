//! The encoders: bytes in, compressed and flushed bytes out.

use std::io;

#[cfg(feature = "brotli")]
use super::brotli::Brotli;
#[cfg(feature = "gzip")]
use super::gzip::Gzip;
#[cfg(feature = "zstd")]
use super::zstd::Zstd;
use super::{Algorithm, Compression};

/// The encoder of one stream.
pub(crate) enum Encoder {
    Identity,
    #[cfg(feature = "gzip")]
    Gzip(Gzip),
    #[cfg(feature = "brotli")]
    Brotli(Brotli),
    #[cfg(feature = "zstd")]
    Zstd(Zstd),
}

#[cfg_attr(
    not(all(feature = "gzip", feature = "zstd")),
    allow(clippy::unnecessary_wraps, reason = "as with all features")
)]
impl Encoder {
    /// # Errors
    ///
    /// If there is no memory for it.
    pub(crate) fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression.algorithm {
            #[cfg(feature = "gzip")]
            Algorithm::Gzip => Self::Gzip(Gzip::new(compression.level)),
            #[cfg(feature = "brotli")]
            Algorithm::Brotli => Self::Brotli(Brotli::new(compression.level)),
            #[cfg(feature = "zstd")]
            Algorithm::Zstd => Self::Zstd(Zstd::new(compression.level)?),
            // None, or one whose feature is off, which nobody can ask for.
            _ => Self::Identity,
        })
    }

    /// Appends the bytes, compressed and flushed, so that a client can read all of them.
    pub(crate) fn encode(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Identity => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.encode(bytes, out),
            #[cfg(feature = "brotli")]
            Self::Brotli(encoder) => encoder.encode(bytes, out),
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.encode(bytes, out),
        }
    }

    /// Appends the end of the compressed stream.
    pub(crate) fn finish(self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Identity => Ok(()),
            #[cfg(feature = "gzip")]
            Self::Gzip(encoder) => encoder.finish(out),
            #[cfg(feature = "brotli")]
            Self::Brotli(encoder) => {
                encoder.finish(out);
                Ok(())
            }
            #[cfg(feature = "zstd")]
            Self::Zstd(encoder) => encoder.finish(out),
        }
    }
}

#[cfg(all(test, feature = "brotli", feature = "gzip", feature = "zstd"))]
mod tests {
    use std::io::Read;

    use super::*;

    const EACH: [Compression; 3] =
        [Compression::gzip(), Compression::brotli(), Compression::zstd()];

    fn decoder<'a>(encoding: &str, bytes: &'a [u8]) -> Box<dyn Read + 'a> {
        match encoding {
            "gzip" => Box::new(flate2::read::GzDecoder::new(bytes)),
            "br" => Box::new(::brotli::Decompressor::new(bytes, 4096)),
            _ => Box::new(::zstd::Decoder::new(bytes).unwrap()),
        }
    }

    /// Returns as much as can be read of a stream that has not ended.
    fn readable(encoding: &str, bytes: &[u8]) -> Vec<u8> {
        let mut read = Vec::new();
        _ = decoder(encoding, bytes).read_to_end(&mut read);
        read
    }

    /// Returns some that compress well and some that don't, from empty ones to some larger than any buffer.
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
