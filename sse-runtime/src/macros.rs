//! The macro's front: hands `$crate` on, so that any path to this crate will do.

/// Server-sent events as a generator, and the type of what it generates.
///
/// # As a type
///
/// | written | means |
/// |---|---|
/// | `EventStream![]`, `EventStream![Event]` | `EventStream<impl Stream<Item = Event>>` |
/// | `EventStream![Event + 'r + Send]` | the same, with these bounds |
/// | `EventStream![Result<Event, E>]` | a stream that can fail |
///
/// In place of `Stream<Item = Event>` the compiler shows [`StreamOf<Event>`](crate::block::StreamOf),
/// which is the same with a better message for streams that can fail.
///
/// The type captures all lifetimes in scope, in every edition, so `+ '_` is accepted
/// and never needed. `EventStream![Event + use<>]` captures none.
///
/// # As an expression
///
/// Any statements, plus
///
/// * `yield event;`, also inside macros such as `select!`;
/// * `for await pattern in stream { … }`, with labels, `break` and `continue`.
///
/// ```
/// use futures::Stream;
/// use sse_runtime::{Event, EventStream};
///
/// fn prices(ticks: impl Stream<Item = u32>) -> EventStream![] {
///     EventStream! {
///         yield Event::data("open").event("market");
///         for await price in ticks {
///             if price == 0 {
///                 break;
///             }
///             yield Event::data(price);
///         }
///         yield Event::data("closed").event("market");
///     }
/// }
/// # let _ = prices(futures::stream::empty());
/// ```
///
/// rustfmt formats the block in `EventStream!({ … })`, which means the same.
///
/// # Failing
///
/// A block with a `?` of its own, a `return` with a value, or a `Result` at its end is
/// fallible: its items are `Result<Event, E>`, `yield event` sends `Ok(event)`, and the
/// error that it leaves with is the last item.
///
/// ```
/// use sse_runtime::{Event, EventStream};
///
/// fn lines() -> EventStream![Result<Event, std::io::Error>] {
///     EventStream! {
///         let text = tokio::fs::read_to_string("news.txt").await?;
///         for line in text.lines() {
///             yield Event::data(line);
///         }
///     }
/// }
/// # let _ = lines();
/// ```
///
/// Closures, inner `async` blocks and functions keep their own `?` and `return`; a
/// `yield` can't stand in them.
///
/// # What it expands to
///
/// ```text
/// EventStream! { yield a; for await b in s { yield b } }
///
/// stream(async move {
///     { let event: Event = a; send(event).await };
///     { let mut s = pin!(s); while let Some(item) = next(s.as_mut()).await {
///         let b = item;
///         { let event: Event = b; send(event).await }
///     } }
/// })
/// ```
///
/// An event is evaluated, with all its temporaries gone, before the block suspends.
///
/// # Type or block?
///
/// Input that is empty, or that is a whole type with its bounds, is the type; all else is
/// a block. So a block without statements is `EventStream!({})`.
#[macro_export]
macro_rules! EventStream {
    ($($tokens:tt)*) => {
        $crate::event_stream! { $crate $($tokens)* }
    };
}
