//! `for await`: a loop over the items of a stream.

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;

/// What `for await` iterates over: every [`Stream`]. Not to be implemented or called.
#[diagnostic::on_unimplemented(
    message = "`for await` needs a stream, and `{Self}` is not a stream",
    label = "not a stream",
    note = "use a plain `for` for an iterator, or turn it into a stream with `futures::stream::iter`",
    note = "await a future first: `for await item in future.await`"
)]
pub trait ForAwait<Kind>: Sized {
    /// The stream itself.
    type Stream: Stream;

    /// Takes the stream, by value.
    fn stream(stream: Self) -> Self::Stream;
}

/// The kind of all streams.
#[derive(Debug)]
pub struct AnyStream;

impl<S: Stream> ForAwait<AnyStream> for S {
    type Stream = S;

    fn stream(stream: Self) -> S {
        stream
    }
}

/// A trait that no type implements. With two implementations of `ForAwait` to choose from, the
/// compiler checks their bounds at once, and so reports one mistake where it would report three.
pub trait Unimplemented: Stream {}

impl<S: Unimplemented> ForAwait<()> for S {
    type Stream = S;

    fn stream(stream: Self) -> S {
        stream
    }
}

/// Returns the next item of a `for await`.
pub async fn next<S: Stream>(mut stream: Pin<&mut S>) -> Option<S::Item> {
    poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}
