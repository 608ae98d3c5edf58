//! Compressed bodies, as far as they have arrived.

use std::io::Read;

/// What can be read of these bytes, and whether that is all: whether the encoding has its end.
#[must_use]
pub fn decode(encoding: &str, bytes: &[u8]) -> (String, bool) {
    let mut decoder: Box<dyn Read + '_> = match encoding {
        "gzip" => Box::new(flate2::read::GzDecoder::new(bytes)),
        "br" => Box::new(brotli::Decompressor::new(bytes, 4096)),
        "zstd" => Box::new(zstd::Decoder::new(bytes).expect("a decoder")),
        _ => panic!("{encoding} is no encoding"),
    };
    let mut read = Vec::new();
    let is_whole = decoder.read_to_end(&mut read).is_ok();
    (String::from_utf8(read).expect("UTF-8"), is_whole)
}
