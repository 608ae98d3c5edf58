//! Compression of a stream, where a handler asks for it.

#[cfg(feature = "brotli")]
mod brotli;
mod compressor;
mod encoder;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "zstd")]
mod zstd;

pub(crate) use compressor::Compressor;
use encoder::Encoder;

/// How a stream is compressed, for [`EventStream::compress`](crate::EventStream::compress): an encoding and
/// its level.
///
/// | | level unless set | levels | what it is good for |
/// |---|---|---|---|
/// | [`zstd`](Self::zstd) | 1 | 1 to 22 | many clients: the least CPU and memory |
/// | [`gzip`](Self::gzip) | 6 | 0 to 9 | every client |
/// | [`brotli`](Self::brotli) | 4 | 0 to 11 | little here: it is made for whole files |
/// | [`none`](Self::none) | | | |
///
/// Each has a feature of its own, and `compress` is all of them. [The
/// guide](crate::guide::batching_and_compression) says what each costs per event and per connection.
///
/// ```
/// use sse_runtime::{AcceptEncoding, Compression};
///
/// let chrome = AcceptEncoding::new("gzip, deflate, br, zstd");
/// assert_eq!(Compression::from(chrome), Compression::zstd());
///
/// let smallest = chrome.choose([Compression::gzip().level(9)]);
/// assert_eq!(smallest.encoding(), Some("gzip"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    pub(crate) algorithm: Algorithm,
    level: u8,
}

/// The algorithms. Those whose features are off are never used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each has a feature")]
pub(crate) enum Algorithm {
    None,
    Gzip,
    Brotli,
    Zstd,
}

impl Compression {
    /// The offers to choose from unless the handler makes its own, the best first.
    pub(crate) const ALL: &[Self] = &[
        #[cfg(feature = "zstd")]
        Self::zstd(),
        #[cfg(feature = "gzip")]
        Self::gzip(),
        #[cfg(feature = "brotli")]
        Self::brotli(),
    ];

    /// Leaves the bytes as they are.
    #[must_use]
    pub const fn none() -> Self {
        Self { algorithm: Algorithm::None, level: 0 }
    }

    /// Chooses gzip, which every client understands.
    #[cfg(feature = "gzip")]
    #[must_use]
    pub const fn gzip() -> Self {
        Self { algorithm: Algorithm::Gzip, level: 6 }
    }

    /// Chooses brotli. Browsers accept it over HTTPS only.
    #[cfg(feature = "brotli")]
    #[must_use]
    pub const fn brotli() -> Self {
        Self { algorithm: Algorithm::Brotli, level: 4 }
    }

    /// Chooses Zstandard. Browsers accept it over HTTPS only.
    #[cfg(feature = "zstd")]
    #[must_use]
    pub const fn zstd() -> Self {
        Self { algorithm: Algorithm::Zstd, level: 1 }
    }

    /// Sets the level. A higher one compresses better, and takes more CPU and memory per connection. A
    /// level that the encoding doesn't have becomes the nearest that it has.
    #[must_use]
    pub const fn level(self, level: u8) -> Self {
        let (least, most) = match self.algorithm {
            Algorithm::None => (0, 0),
            Algorithm::Gzip => (0, 9),
            Algorithm::Brotli => (0, 11),
            Algorithm::Zstd => (1, 22),
        };
        let level = if level < least {
            least
        } else if level > most {
            most
        } else {
            level
        };
        Self { level, ..self }
    }

    /// Returns the name of the encoding, as in the header `Content-Encoding`; `None` without compression.
    #[must_use]
    pub const fn encoding(self) -> Option<&'static str> {
        match self.algorithm {
            Algorithm::None => None,
            Algorithm::Gzip => Some("gzip"),
            Algorithm::Brotli => Some("br"),
            Algorithm::Zstd => Some("zstd"),
        }
    }

    /// Returns the headers of a response that is compressed so.
    pub(crate) fn headers(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let encoding = self.encoding().map(|encoding| ("Content-Encoding", encoding));
        [("Vary", "Accept-Encoding")].into_iter().chain(encoding)
    }
}
