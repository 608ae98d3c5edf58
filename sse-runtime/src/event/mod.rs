//! The event: what a stream yields and a client receives.

mod fields;
#[cfg(feature = "json")]
mod json;
mod received;
mod shared;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use crate::text::{IntoText, Text};
pub use fields::Fields;
pub use received::Received;
pub(crate) use shared::Shared;

/// One server-sent event: `data`, an event name, an ID, a reconnection time and
/// a comment. Each is optional, and at least one of them is set.
///
/// A text is any string, borrowed or owned, a number, a `char`, a `bool` or `format_args!(…)`:
/// anything that implements [`IntoText`]. It needs no escaping: line breaks, NUL and a leading
/// space are safe anywhere. Each method says what a client receives for them.
///
/// | built | on the wire | a browser's `EventSource` receives |
/// |---|---|---|
/// | `Event::data(" the")` | `data:  the` | a `message` event, data `" the"` |
/// | `Event::data("a\r\nb")` | `data: a`, `data: b` | a `message` event, data `"a\nb"` |
/// | `Event::data("1").event("tick").id("7")` | `id: 7`, `event: tick`, `data: 1` | a `tick` event, data `"1"`, last event ID `"7"` |
/// | `Event::empty()` | `data: ` | a `message` event, data `""` |
/// | `Event::retry(Duration::from_secs(2))` | `retry: 2000` | no event; it will wait 2 s before it reconnects |
/// | `Event::comment("hi")` | `: hi` | nothing |
///
/// ```
/// use sse_runtime::Event;
///
/// let event = Event::data("3 new messages").event("unread").id("42");
/// let fields = event.fields();
/// assert_eq!(fields.data, Some("3 new messages"));
/// assert_eq!((fields.event, fields.id), (Some("unread"), Some("42")));
/// ```
///
/// An event named `error` fires the `onerror` handlers of browsers: choose
/// another name.
//
// Events are moved several times on their way, so they are small: the data is inline, and
// everything else is in a box that most events don't have.
#[must_use = "an event is sent by `yield`"]
#[derive(Clone)]
pub struct Event {
    data: Option<Data>,
    /// `None` if the event is shared.
    extra: Option<Box<ExtraFields>>,
}

/// The data of an event, or all of an event that is shared.
#[derive(Clone)]
pub(crate) enum Data {
    Text(Text),
    Shared(Arc<Shared>),
}

#[derive(Clone, Default)]
pub(crate) struct ExtraFields {
    pub(crate) comment: Option<Text>,
    pub(crate) retry: Option<Duration>,
    pub(crate) id: Option<Text>,
    pub(crate) event: Option<Text>,
}

impl Event {
    const NOTHING: Self = Self { data: None, extra: None };

    /// Makes an event with this data.
    ///
    /// LF, CRLF and a lone CR are line breaks, and a client receives each of them as `\n`, a
    /// trailing one included. To send a CR itself, encode it, as `Event::json` does.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let token = Event::data(" the");
    /// let page = Event::data(format_args!("{}\n{}", "first line", "second line"));
    /// assert_eq!(token.fields().data, Some(" the"));
    /// assert_eq!(page.fields().data, Some("first line\nsecond line"));
    /// ```
    #[inline]
    pub fn data<S: IntoText>(data: S) -> Self {
        Self { data: Some(Data::Text(data.into_text())), extra: None }
    }

    /// Makes an event with empty data: the same as `Event::data("")`.
    ///
    /// Clients dispatch it, with `""` as its data.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// assert_eq!(Event::empty().event("refresh"), Event::data("").event("refresh"));
    /// ```
    pub fn empty() -> Self {
        Self::data("")
    }

    /// Makes a comment. Clients discard it; it is for people who read the raw stream.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let note = Event::comment("replaying from 42");
    /// assert_eq!(note.fields().comment, Some("replaying from 42"));
    /// assert_eq!(note.fields().data, None);
    /// ```
    pub fn comment<S: IntoText>(comment: S) -> Self {
        Self::NOTHING.with_comment(comment)
    }

    /// Makes an event that sets the client's reconnection time: how long it waits before it connects
    /// again after the connection was lost.
    ///
    /// It is sent in whole milliseconds. A duration between zero and one is sent as 1; one
    /// above 2³¹−1 (24 days) is sent as 2³¹−1, since the timers of JavaScript clients wrap
    /// around beyond that, and the clients would reconnect at once.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// use std::time::Duration;
    ///
    /// let patient = Event::retry(Duration::from_secs(10));
    /// assert_eq!(patient.fields().retry, Some(Duration::from_secs(10)));
    /// assert_eq!(patient.fields().data, None);
    /// ```
    pub fn retry(reconnection_time: Duration) -> Self {
        Self::NOTHING.with_retry(reconnection_time)
    }

    /// Makes an event with nothing but an ID. The client remembers the ID as if it had come with an
    /// event, but dispatches nothing. With it a client knows its position before the first
    /// event, and resumes from there even if its connection is lost at once.
    ///
    /// The ID is changed as [`id`](Self::id) describes, and other fields can be added.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let opening = Event::id_only("42");
    /// assert_eq!(opening.fields().id, Some("42"));
    /// assert_eq!(opening.fields().data, None);
    /// ```
    pub fn id_only<S: IntoText>(id: S) -> Self {
        Self::NOTHING.id(id)
    }

    /// Sets the event's name, for which browsers register listeners:
    /// `source.addEventListener("tick", …)`. Without a name, or with an empty one, it is
    /// `message`.
    ///
    /// A CR or LF in it is sent as a space.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let tick = Event::data("12:00").event("tick");
    /// assert_eq!(tick.fields().event, Some("tick"));
    /// ```
    #[inline]
    pub fn event<S: IntoText>(mut self, name: S) -> Self {
        self.extra().event = Some(name.into_text());
        self
    }

    /// Sets the ID that the client sends back as `Last-Event-ID` when it
    /// reconnects. An empty one resets the client's ID.
    ///
    /// A CR, LF or NUL in it is sent as a space. IDs come back in a header, so it is safest if
    /// they are ASCII, without spaces at the beginning or the end. An ID with another control
    /// character can't come back at all, since no header may hold one.
    ///
    /// A client remembers a single ID, that of the latest event that had one. A stream that merges several
    /// others can be resumed only if each ID holds the positions in all of them.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let row = Event::data("…").id(17);
    /// assert_eq!(row.fields().id, Some("17"));
    /// ```
    #[inline]
    pub fn id<S: IntoText>(mut self, id: S) -> Self {
        self.extra().id = Some(id.into_text());
        self
    }

    /// Sets or replaces the data: see [`Event::data`].
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// assert_eq!(Event::comment("hi").with_data("a"), Event::data("a").with_comment("hi"));
    /// ```
    pub fn with_data<S: IntoText>(mut self, data: S) -> Self {
        self.own();
        self.data = Some(Data::Text(data.into_text()));
        self
    }

    /// Sets or replaces the comment: see [`Event::comment`].
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// let event = Event::data("a").with_comment("the first");
    /// assert_eq!(event.fields().comment, Some("the first"));
    /// assert_eq!(event.fields().data, Some("a"));
    /// ```
    pub fn with_comment<S: IntoText>(mut self, comment: S) -> Self {
        self.extra().comment = Some(comment.into_text());
        self
    }

    /// Sets or replaces the reconnection time: see [`Event::retry`].
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// use std::time::Duration;
    ///
    /// let event = Event::data("hello").with_retry(Duration::from_millis(500));
    /// assert_eq!(event.fields().retry, Some(Duration::from_millis(500)));
    /// assert_eq!(event.fields().data, Some("hello"));
    /// ```
    pub fn with_retry(mut self, reconnection_time: Duration) -> Self {
        self.extra().retry = Some(reconnection_time);
        self
    }

    fn extra(&mut self) -> &mut ExtraFields {
        self.own();
        self.extra.get_or_insert_default()
    }

    /// Returns everything except the data, if any of it is set, and the data.
    #[inline]
    pub(crate) fn parts(&self) -> (Option<&ExtraFields>, Option<&Data>) {
        (self.extra.as_deref(), self.data.as_ref())
    }

    /// Moves the event out, and leaves an empty one that has nothing to drop.
    #[inline]
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::NOTHING)
    }

    /// Returns whether dropping this frees memory.
    #[inline]
    pub(crate) fn owns_memory(&self) -> bool {
        self.extra.is_some() || self.data.as_ref().is_some_and(Data::owns_memory)
    }
}

impl Data {
    #[inline]
    pub(crate) fn text(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            Self::Shared(_) => None,
        }
    }

    /// Returns whether dropping this frees memory.
    #[inline]
    fn owns_memory(&self) -> bool {
        match self {
            Self::Text(text) => text.owns_memory(),
            Self::Shared(_) => true,
        }
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.fields() == other.fields()
    }
}

impl Eq for Event {}

impl Hash for Event {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fields().hash(state);
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields().debug("Event", f)
    }
}
