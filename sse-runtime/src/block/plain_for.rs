//! A plain `for`, so that the compiler explains one over a stream.
//!
//! Whether it iterates over a stream is found out as in [`undecided`](super::undecided): of two
//! methods the compiler takes the inherent one, which is there for streams only. Everything else
//! passes as it is, also for the compiler's messages and lints about it.

use futures_core::Stream;

use super::for_await::{AnyStream, Unimplemented};

/// What a plain `for` iterates over.
#[derive(Debug)]
pub struct PlainFor<T>(pub T);

/// It is a stream.
#[derive(Debug)]
pub struct AStream<S>(S);

/// It is anything else.
#[derive(Debug)]
pub struct NoStream<T>(T);

impl<S: Stream> PlainFor<S> {
    /// Finds out that it is a stream.
    #[inline]
    pub fn sorted(self) -> AStream<S> {
        AStream(self.0)
    }
}

/// Anything but a stream.
pub trait Sorted<T> {
    /// Finds out that it is no stream.
    fn sorted(self) -> NoStream<T>;
}

impl<T> Sorted<T> for PlainFor<T> {
    #[inline]
    fn sorted(self) -> NoStream<T> {
        NoStream(self.0)
    }
}

/// What a plain `for` may iterate over. Not to be implemented or called.
#[diagnostic::on_unimplemented(
    message = "a plain `for` can't iterate over a stream: write `for await`",
    label = "this is a stream"
)]
pub trait Iterable<Kind> {
    /// The same.
    type Same;

    /// Gives it back.
    fn iterable(iterable: Self) -> Self::Same;
}

#[diagnostic::do_not_recommend]
impl<T> Iterable<()> for NoStream<T> {
    type Same = T;

    #[inline]
    fn iterable(iterable: Self) -> T {
        iterable.0
    }
}

/// A stream that is an iterator as well.
#[diagnostic::do_not_recommend]
impl<S: IntoIterator> Iterable<()> for AStream<S> {
    type Same = S;

    #[inline]
    fn iterable(iterable: Self) -> S {
        iterable.0
    }
}

/// For no type, so that there is one message and not three: see [`Unimplemented`].
#[diagnostic::do_not_recommend]
impl<S: Unimplemented> Iterable<AnyStream> for AStream<S> {
    type Same = S;

    fn iterable(iterable: Self) -> S {
        iterable.0
    }
}
