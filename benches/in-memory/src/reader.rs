//! Events to read.

use std::convert::Infallible;
use std::iter;

use futures::stream;
use sse_runtime::EventReader;

use crate::{TOKEN, drain_stream, page};

/// How many events come at once in a burst.
const BURST: usize = 1000;

/// How large the chunks of a burst are, so that most cut an event in two.
const CHUNK: usize = 64 * 1024;

pub(crate) async fn read(kind: &str, count: usize) {
    let token = format!("data: {TOKEN}\n\n");
    let chunks = match kind {
        "token" => vec![token],
        "named" => vec![format!("event: tick\nid: 42\n{token}")],
        "page" => vec![format!("data: {}\n\n", page().replace('\n', "\ndata: "))],
        "burst" => return read_chunks(&cut(&token.repeat(BURST)), count / BURST).await,
        _ => panic!("no kind {kind}"),
    };
    read_chunks(&chunks, count).await;
}

fn cut(stream: &str) -> Vec<String> {
    stream.as_bytes().chunks(CHUNK).map(|chunk| String::from_utf8_lossy(chunk).into()).collect()
}

/// Reads these chunks so often. They are lent, so that all that is counted is the reader's.
async fn read_chunks(chunks: &[String], times: usize) {
    let chunks = iter::repeat_n(chunks, times).flatten();
    drain_stream(EventReader::new(stream::iter(chunks.map(Ok::<_, Infallible>)))).await;
}
