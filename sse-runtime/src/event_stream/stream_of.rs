//! The trait that `EventStream![]` declares.

use futures_core::Stream;

/// A [`Stream`] of these items, as `EventStream![]` declares it. Every such stream implements this trait.
///
/// It means the same as `Stream<Item = Item>`, but the compiler's message for a stream that can fail
/// says more. In a signature, either can be written:
///
/// ```
/// use futures::Stream;
/// use sse_runtime::{Event, EventStream, StreamOf};
///
/// fn one() -> EventStream<impl StreamOf<Event> + Send> {
///     EventStream! { yield Event::data("one"); }
/// }
///
/// fn another() -> EventStream<impl Stream<Item = Event> + Send> {
///     one()
/// }
/// # let _ = another();
/// ```
#[diagnostic::on_unimplemented(
    message = "`EventStream![]` declares a stream that can't fail: declare this one \
               `EventStream![Result<Event, E>]`",
    label = "but the stream can fail",
    note = "it can fail if its block has a `?`, returns a `Result` or ends with one",
    note = "`.on_error(…)` turns the failure into a last event, and the stream into one that can't fail"
)]
pub trait StreamOf<Item>: Stream<Item = Item> {}

#[diagnostic::do_not_recommend]
impl<S: Stream<Item = Item>, Item> StreamOf<Item> for S {}
