//! Arbitrary bytes, read by our reader and by the standard's algorithm.

use std::time::Instant;

use crate::choices::Choices;
use crate::reading::Reading;
use crate::reference::Parser;

const PIECES: [&[u8]; 32] = [
    b"\n",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"\r\n\r\n",
    b"\n\r",
    b":",
    b": ",
    b" ",
    b"data",
    b"data:",
    b"data: ",
    b"data: a\n\n",
    b"event",
    b"event: e",
    b"id",
    b"id: 1",
    b"id:",
    b"retry",
    b"retry: 1",
    b"retry: 99999999999999999999",
    b"\0",
    b"\xEF\xBB\xBF",
    b"\xEF\xBB",
    b"\xFF",
    b"\xE2\x82",
    b"\xAC",
    b"\xF0\x9F\x9A\x80",
    b"x: y",
    b"datas: 1",
    b"7",
];

/// Makes bytes with many of the characters that a reader looks for.
fn stream(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    while !choices.is_empty() {
        match choices.byte() {
            any @ 248.. => stream.extend(vec![any; choices.below(300)]),
            any @ 200..248 => stream.push(any),
            _ => stream.extend(choices.one_of(&PIECES)),
        }
    }
    stream
}

fn cut<'a>(mut bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        let (piece, rest) = bytes.split_at((*length).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
        if bytes.is_empty() {
            break;
        }
    }
    pieces
}

/// Checks how the stream that these choices produce is read, and returns its length.
fn check(choices: &[u8]) -> usize {
    let choices = &mut Choices::new(choices);
    let lengths: Vec<_> = (0..=choices.below(8)).map(|_| 1 + choices.below(40)).collect();
    let stream = stream(choices);
    let whole = Reading::of([&*stream]);
    whole.assert_is_of(&Parser::read(&stream));
    let pieces = cut(&stream, &lengths);
    let in_pieces = Reading::of(pieces.iter().copied());
    assert_eq!(in_pieces, whole);

    let limit = choices.below(50);
    let limited = Reading::with_limit([&*stream], Some(limit));
    assert!(whole.received.starts_with(&limited.received));
    let in_pieces = Reading::with_limit(pieces, Some(limit));
    assert_eq!(in_pieces, limited);
    stream.len()
}

#[test]
fn any_stream_is_read_as_the_standard_says_however_it_is_cut() {
    bolero::check!().with_max_len(1024).for_each(|choices: &[u8]| {
        check(choices);
    });
}

/// Reads as many bytes as `SSE_FUZZ_BYTES` says: `cargo xtask fuzz-reader 100000000`.
#[test]
fn random_bytes_are_read_as_the_standard_says() {
    let bytes = std::env::var("SSE_FUZZ_BYTES").map_or(1 << 20, |bytes| bytes.parse().unwrap());
    let seed =
        std::env::var("SSE_FUZZ_SEED").map_or_else(|_| fastrand::u64(..), |it| it.parse().unwrap());
    println!("SSE_FUZZ_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut read, mut streams, start) = (0, 0, Instant::now());
    while read < bytes {
        let length = random.usize(..600);
        let choices: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(length).collect();
        read += check(&choices);
        streams += 1;
    }
    println!("{read} bytes in {streams} streams, {:.1?}", start.elapsed());
}
