//! The least that a server can do: blocks that were encoded before, handed on.

use bytes::Bytes;
use futures::stream::{self, Stream};

use crate::kind::Kind;

/// This many events, in blocks.
pub(super) fn blocks(kind: Kind, count: usize, size: usize) -> impl Stream<Item = Bytes> {
    let event = kind.encoded().len();
    let block = Bytes::from(kind.block(size));
    let mut left = count * event;
    stream::iter(std::iter::from_fn(move || {
        let now = left.min(block.len());
        left -= now;
        (now > 0).then(|| block.slice(..now))
    }))
}
