//! The macro that users call: it passes `$crate` on, so that any path to this crate works.

/// Writes a stream of server-sent events as a generator, or its type.
///
/// # As a type
///
/// | written | means |
/// |---|---|
/// | `EventStream![]`, `EventStream![Event]` | `EventStream<impl Stream<Item = Event>>` |
/// | `EventStream![Event + 'r + Send]` | the same, with these bounds |
/// | `EventStream![Result<Event, E>]` | a stream that can fail |
///
/// In place of `Stream<Item = Event>` the compiler shows [`StreamOf<Event>`](crate::StreamOf),
/// which is the same with a better message for streams that can fail.
///
/// The type captures all lifetimes in scope, in every edition, so `+ '_` is accepted
/// and never needed. `EventStream![Event + use<>]` captures none.
///
/// # As an expression
///
/// A block holds any statements, and besides
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
/// # Errors
///
/// A block with a `?` of its own, or one that returns a `Result<(), E>` or ends with one, can
/// fail. Its items are then `Result<Event, E>`: `yield event` sends `Ok(event)`, and the error that
/// the block leaves with is the last item.
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
/// In such a block, a bare `return` and an end without a value mean `Ok(())`.
///
/// The `?` and `return` of closures, inner `async` blocks and functions are theirs, not the
/// block's. `yield` isn't allowed in them. Code that a `#[cfg]` removes doesn't count. Whether a `?` in
/// the arguments of a macro is the block's own depends on that macro, so for such a block the declared
/// type of the stream decides whether it can fail.
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
/// An event is evaluated, and its temporaries are dropped, before the block suspends. How this differs
/// from async-stream is described in [the guide](crate::guide::migrating#from-async-stream).
///
/// # Type or block?
///
/// Input that is empty, or that is a whole type with its bounds, is a type. Everything else is a
/// block. So a block without statements is written `EventStream!({})`.
#[macro_export]
macro_rules! EventStream {
    ($($tokens:tt)*) => {
        $crate::event_stream! { $crate $($tokens)* }
    };
}
