//! Reading the fields of an event.

use std::fmt;
use std::time::Duration;

use super::{Data, Event};
use crate::text::Text;

/// The fields of an [`Event`], borrowed from it by [`Event::fields`], in the order in which they
/// are sent.
///
/// A field that was not set is `None`. The texts are those that were given to the event, with
/// their line breaks unchanged. What a client receives for them is documented at each of the
/// event's methods.
///
/// With them a stream can be tested without a server, and events can be logged, indexed or stored:
///
/// ```
/// # #[cfg(feature = "json")] mod example {
/// use futures::StreamExt as _;
/// use serde::{Deserialize, Serialize};
/// use sse_runtime::{Event, EventStream};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Progress { done: u32, of: u32 }
///
/// fn progress(of: u32) -> EventStream![] {
///     EventStream! {
///         for done in 1..=of {
///             yield Event::json(&Progress { done, of }).event("progress").id(done);
///         }
///     }
/// }
///
/// // In a test, with `#[tokio::test]`:
/// # #[tokio::main(flavor = "current_thread")]
/// # pub
/// async fn the_last_event_says_that_all_is_done() {
///     let events: Vec<Event> = progress(3).collect().await;
///     let last = events[2].fields();
///     assert_eq!(last.event, Some("progress"));
///     assert_eq!(last.id, Some("3"));
///     let progress: Progress = serde_json::from_str(last.data.unwrap()).unwrap();
///     assert_eq!(progress, Progress { done: 3, of: 3 });
/// }
/// # }
/// # #[cfg(feature = "json")] example::the_last_event_says_that_all_is_done();
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Fields<'a> {
    /// The comment, which clients discard.
    pub comment: Option<&'a str>,
    /// The reconnection time, as it was given: on the wire it is in whole milliseconds.
    pub retry: Option<Duration>,
    /// The event's ID.
    pub id: Option<&'a str>,
    /// The event's name.
    pub event: Option<&'a str>,
    /// The data.
    pub data: Option<&'a str>,
}

impl Event {
    /// Returns the event's fields: what was given to its methods, and `None` for each field that
    /// wasn't set.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let event = Event::data("a\r\nb").id("7");
    /// assert_eq!(event.fields().data, Some("a\r\nb"));
    /// assert_eq!(event.fields().id, Some("7"));
    /// assert_eq!(event.fields().event, None);
    /// ```
    #[must_use]
    pub fn fields(&self) -> Fields<'_> {
        if let Some(shared) = self.shared() {
            return shared.event().fields();
        }
        let extra = self.extra.as_deref();
        Fields {
            comment: extra.and_then(|extra| extra.comment.as_ref()).map(Text::as_str),
            retry: extra.and_then(|extra| extra.retry),
            id: extra.and_then(|extra| extra.id.as_ref()).map(Text::as_str),
            event: extra.and_then(|extra| extra.event.as_ref()).map(Text::as_str),
            data: self.data.as_ref().and_then(Data::text).map(Text::as_str),
        }
    }
}

impl Fields<'_> {
    /// Formats the fields that are set as a struct of this name.
    pub(super) fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn field(f: &mut fmt::DebugStruct<'_, '_>, name: &str, value: Option<&dyn fmt::Debug>) {
            if let Some(value) = value {
                f.field(name, value);
            }
        }

        let Fields { comment, retry, id, event, data } = self;
        let mut f = f.debug_struct(name);
        field(&mut f, "comment", comment.as_ref().map(|it| it as _));
        field(&mut f, "retry", retry.as_ref().map(|it| it as _));
        field(&mut f, "id", id.as_ref().map(|it| it as _));
        field(&mut f, "event", event.as_ref().map(|it| it as _));
        field(&mut f, "data", data.as_ref().map(|it| it as _));
        f.finish()
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.debug("Fields", f)
    }
}
