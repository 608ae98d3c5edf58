//! The encodings that a client accepts.

use crate::compress::{Algorithm, Compression};

/// The encodings that a client accepts, from its header `Accept-Encoding`: a request guard in
/// Rocket, an extractor in axum and actix-web, and [`from_headers`](Self::from_headers) elsewhere.
///
/// A missing header disables compression. Elements that are malformed or unknown are ignored.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AcceptEncoding {
    gzip: Weight,
    brotli: Weight,
    zstd: Weight,
    /// 0 also if it isn't mentioned, so that every other encoding that is accepted comes before it.
    identity: Weight,
}

/// A quality value in thousandths; 0 if the encoding isn't accepted.
type Weight = u16;

impl AcceptEncoding {
    /// Parses a value of the header.
    ///
    /// ```
    /// use sse_runtime::{AcceptEncoding, Compression};
    ///
    /// let curl = AcceptEncoding::new("deflate, gzip;q=0.8, br;q=1.0");
    /// assert_eq!(Compression::from(curl), Compression::brotli());
    /// ```
    #[must_use]
    pub fn new(header: &str) -> Self {
        Self::from_header_values([header.as_bytes()])
    }

    /// Parses several values of the header, as they were sent. Together they are one list.
    ///
    /// ```
    /// use sse_runtime::{AcceptEncoding, Compression};
    ///
    /// let accepted = AcceptEncoding::from_header_values([b"br".as_slice(), b"gzip".as_slice()]);
    /// assert_eq!(Compression::from(accepted), Compression::gzip());
    /// ```
    #[must_use]
    pub fn from_header_values<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut listed = Listed::default();
        for header in headers {
            header.split(|&byte| byte == b',').for_each(|element| listed.add(element));
        }
        let or_any = |weight: Option<Weight>| weight.or(listed.any).unwrap_or(0);
        Self {
            gzip: or_any(listed.gzip),
            brotli: or_any(listed.brotli),
            zstd: or_any(listed.zstd),
            identity: or_any(listed.identity),
        }
    }

    /// Finds and parses the header among those of a request.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue};
    /// use sse_runtime::{AcceptEncoding, Compression};
    ///
    /// let mut headers = HeaderMap::new();
    /// assert_eq!(Compression::from(AcceptEncoding::from_headers(&headers)), Compression::none());
    ///
    /// headers.insert("accept-encoding", HeaderValue::from_static("gzip"));
    /// assert_eq!(Compression::from(AcceptEncoding::from_headers(&headers)), Compression::gzip());
    /// ```
    #[cfg(any(feature = "axum", feature = "http-body"))]
    #[must_use]
    pub fn from_headers(headers: &http::HeaderMap) -> Self {
        let values = headers.get_all(http::header::ACCEPT_ENCODING);
        Self::from_header_values(values.iter().map(http::HeaderValue::as_bytes))
    }

    /// Returns the offer that the client prefers, and the first of several that it gives the same weight.
    /// Returns [`Compression::none`] if it accepts no offer, or prefers uncompressed bytes to all of them.
    ///
    /// A client that refuses uncompressed bytes as well receives them all the same.
    ///
    /// ```
    /// use sse_runtime::{AcceptEncoding, Compression};
    ///
    /// let accepted = AcceptEncoding::new("gzip, br");
    /// let chosen = accepted.choose([Compression::brotli().level(2), Compression::gzip()]);
    /// assert_eq!(chosen, Compression::brotli().level(2));
    /// ```
    #[must_use]
    pub fn choose(self, offers: impl IntoIterator<Item = Compression>) -> Compression {
        let mut best = (Compression::none(), 0);
        for offer in offers {
            let weight = self.weight(offer.algorithm);
            if weight > best.1 && weight >= self.identity {
                best = (offer, weight);
            }
        }
        best.0
    }

    fn weight(self, algorithm: Algorithm) -> Weight {
        match algorithm {
            Algorithm::None => self.identity,
            Algorithm::Gzip => self.gzip,
            Algorithm::Brotli => self.brotli,
            Algorithm::Zstd => self.zstd,
        }
    }
}

/// Chooses what the client prefers of zstd, gzip and brotli, as far as their features are on.
impl From<AcceptEncoding> for Compression {
    fn from(accepted: AcceptEncoding) -> Self {
        accepted.choose(Self::ALL.iter().copied())
    }
}

/// The weights that a header gives.
#[derive(Default)]
struct Listed {
    gzip: Option<Weight>,
    brotli: Option<Weight>,
    zstd: Option<Weight>,
    identity: Option<Weight>,
    any: Option<Weight>,
}

impl Listed {
    /// Notes an element such as `gzip` or `gzip;q=0.5`.
    fn add(&mut self, element: &[u8]) {
        let mut parts = element.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
        let place = match &*coding {
            b"gzip" | b"x-gzip" => &mut self.gzip,
            b"br" => &mut self.brotli,
            b"zstd" => &mut self.zstd,
            b"identity" => &mut self.identity,
            b"*" => &mut self.any,
            _ => return,
        };
        let weight = match (parts.next(), parts.next()) {
            (None, _) => Some(1000),
            (Some(parameter), None) => weight(parameter),
            _ => None,
        };
        if weight.is_some() {
            *place = weight;
        }
    }
}

/// Parses `q=0.5`: up to three digits after the point, and at most 1.
fn weight(parameter: &[u8]) -> Option<Weight> {
    let [b'q' | b'Q', value @ ..] = parameter else { return None };
    let value = value.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (whole, fraction) = value.split_first()?;
    let digits = match fraction {
        [] => fraction,
        [b'.', digits @ ..] if digits.len() <= 3 => digits,
        _ => return None,
    };
    let mut weight = match whole {
        b'0' => 0,
        b'1' => 1,
        _ => return None,
    };
    for place in 0..3 {
        let digit = digits.get(place).unwrap_or(&b'0');
        if !digit.is_ascii_digit() {
            return None;
        }
        weight = weight * 10 + Weight::from(digit - b'0');
    }
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(header: &str) -> &'static str {
        Compression::from(AcceptEncoding::new(header)).encoding().unwrap_or("identity")
    }

    #[test]
    fn a_client_gets_what_it_likes_best() {
        for (header, encoding) in [
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip, deflate, br", "gzip"),
            ("gzip;q=0.5, br", "br"),
            ("GZIP", "gzip"),
            ("x-gzip", "gzip"),
            ("gzip;q=0.001", "gzip"),
            ("gzip ; Q = 1.000", "gzip"),
            ("*", "zstd"),
            ("*;q=0.5, zstd;q=0", "gzip"),
            ("gzip, *;q=0", "gzip"),
            ("identity, gzip", "gzip"),
        ] {
            assert_eq!(chosen(header), encoding, "{header}");
        }
    }

    #[test]
    fn a_client_that_likes_nothing_better_gets_the_bytes_as_they_are() {
        for header in
            ["", "identity", "deflate", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0.5, identity"]
        {
            assert_eq!(chosen(header), "identity", "{header}");
        }
    }

    #[test]
    fn what_is_no_encoding_or_no_weight_is_skipped() {
        for header in [
            ",;,;;=,",
            "gzip;q",
            "gzip;q=",
            "gzip;q=2",
            "gzip;q=1.001",
            "gzip;q=-1",
            "gzip;q=0.1234",
            "gzip;q=0.x",
            "gzip;level=9",
            "gzip;q=1;q=1",
            "gzip gzip",
            "gzíp",
            "q=1",
        ] {
            assert_eq!(chosen(header), "identity", "{header}");
            assert_eq!(chosen(&format!("{header}, br")), "br", "{header}");
        }
        let not_utf_8 = AcceptEncoding::from_header_values([b"\xff\0, gzip".as_slice()]);
        assert_eq!(Compression::from(not_utf_8), Compression::gzip());
    }
}
