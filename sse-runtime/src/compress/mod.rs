//! Compression, where a handler asks for it: the encodings, and the choice between them.

mod accept;
mod compressor;
mod encoder;

pub use accept::AcceptEncoding;
pub(crate) use compressor::Compressor;
use encoder::Encoder;

use crate::EventStream;

/// How a stream is compressed, for [`EventStream::compress`]: an encoding, and how hard it tries.
///
/// | | level unless set | levels | what it is good for |
/// |---|---|---|---|
/// | [`zstd`](Self::zstd) | 1 | 1 to 22 | many clients: the least CPU and memory |
/// | [`gzip`](Self::gzip) | 6 | 0 to 9 | every client |
/// | [`brotli`](Self::brotli) | 4 | 0 to 11 | little here: it is made for whole files |
/// | [`none`](Self::none) | | | |
///
/// The operator's guide says what each costs per event and per connection.
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
    algorithm: Algorithm,
    level: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    None,
    Gzip,
    Brotli,
    Zstd,
}

impl Compression {
    /// What is chosen from unless the handler says otherwise, the best first.
    const ALL: [Self; 3] = [Self::zstd(), Self::gzip(), Self::brotli()];

    /// The bytes as they are.
    #[must_use]
    pub const fn none() -> Self {
        Self { algorithm: Algorithm::None, level: 0 }
    }

    /// Gzip, which every client understands.
    #[must_use]
    pub const fn gzip() -> Self {
        Self { algorithm: Algorithm::Gzip, level: 6 }
    }

    /// Brotli. Browsers accept it over HTTPS only.
    #[must_use]
    pub const fn brotli() -> Self {
        Self { algorithm: Algorithm::Brotli, level: 4 }
    }

    /// Zstandard. Browsers accept it over HTTPS only.
    #[must_use]
    pub const fn zstd() -> Self {
        Self { algorithm: Algorithm::Zstd, level: 1 }
    }

    /// Sets how hard it tries: more takes more CPU and memory per connection. A level that the
    /// encoding doesn't have becomes the nearest that it has.
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

    /// The name of the encoding, as in the header `Content-Encoding`; `None` without compression.
    #[must_use]
    pub const fn encoding(self) -> Option<&'static str> {
        match self.algorithm {
            Algorithm::None => None,
            Algorithm::Gzip => Some("gzip"),
            Algorithm::Brotli => Some("br"),
            Algorithm::Zstd => Some("zstd"),
        }
    }

    /// The headers of a response that is compressed so.
    pub(crate) fn headers(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let encoding = self.encoding().map(|encoding| ("Content-Encoding", encoding));
        [("Vary", "Accept-Encoding")].into_iter().chain(encoding)
    }
}

/// The best of all that the client accepts: zstd, gzip or brotli.
impl From<AcceptEncoding> for Compression {
    fn from(accepted: AcceptEncoding) -> Self {
        accepted.choose(Self::ALL)
    }
}

impl<S> EventStream<S> {
    /// Compresses the response, either with the best encoding that an [`AcceptEncoding`] allows or
    /// with the given one. Each batch of events is flushed, so events arrive as soon as they do
    /// without compression.
    ///
    /// The response says `Content-Encoding`, and `Vary: Accept-Encoding` even if the client accepts
    /// nothing that is offered and the bytes stay as they are. It keeps `no-transform` in
    /// `Cache-Control`: that tells *proxies* to leave the encoding alone, and the server that
    /// chooses it is not one (RFC 9110, 7.7). A proxy that compressed anew would hold events back.
    ///
    /// Each connection has a compressor of its own from its first event on, with 110 to 320 KiB of
    /// memory for zstd and gzip, and 260 to 770 KiB for brotli, at their default levels. Don't compress secrets beside text that someone else chooses: the size of the
    /// response tells about the secret (the attack known as BREACH).
    ///
    /// Needs the feature `compress`, and a C compiler for zstd.
    ///
    /// ```
    /// # #[cfg(feature = "rocket")] mod example {
    /// use rocket::get;
    /// use sse_runtime::{AcceptEncoding, Event, EventStream};
    ///
    /// #[get("/readings")]
    /// fn readings(accepted: AcceptEncoding) -> EventStream![] {
    ///     EventStream! { yield Event::data("21.5"); }.compress(accepted)
    /// }
    /// # }
    /// ```
    pub fn compress(mut self, compression: impl Into<Compression>) -> Self {
        self.settings.compression = Some(compression.into());
        self
    }
}
