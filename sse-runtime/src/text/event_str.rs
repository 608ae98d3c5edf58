//! Names and IDs of received events, which often share one with the event before.

use std::sync::Arc;

use super::{IntoText, Text};

/// The name of an event that was received, or its ID.
///
/// It dereferences to `str` and can be compared with any string; `String::from` copies it into a
/// `String`. Cloning it is cheap, since events with the same name or ID share one copy.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use futures::{StreamExt as _, stream};
/// use sse_runtime::EventReader;
///
/// let bytes = stream::iter([Ok::<_, std::io::Error>("event: tick\nid: 7\ndata: 12:00\n\n")]);
/// let received = EventReader::new(bytes).next().await.unwrap().unwrap();
/// assert_eq!(received.event, "tick");
/// assert_eq!(received.id.parse(), Ok(7));
/// # }
/// ```
#[derive(Clone)]
pub struct EventStr(Repr);

#[derive(Clone)]
enum Repr {
    Message,
    Empty,
    /// Not empty.
    Shared(Arc<Text>),
}

impl EventStr {
    /// The name of an event that was sent without one.
    pub(crate) const MESSAGE: Self = Self(Repr::Message);
    pub(crate) const EMPTY: Self = Self(Repr::Empty);

    /// Makes a name or an ID from any text, such as for a [`Received`](crate::Received) in a test.
    ///
    /// ```
    /// # use sse_runtime::EventStr;
    /// assert_eq!(EventStr::new(7), "7");
    /// assert_eq!(EventStr::from("tick"), EventStr::new("tick"));
    /// ```
    #[must_use]
    pub fn new(text: impl IntoText) -> Self {
        let text = text.into_text();
        match text.as_bytes() {
            b"" => Self::EMPTY,
            _ => Self(Repr::Shared(Arc::new(text))),
        }
    }

    /// Returns a clone of this one if it has these bytes, or else a new one.
    pub(crate) fn or_new(&self, bytes: &[u8]) -> Self {
        if bytes == self.as_bytes() {
            return self.clone();
        }
        Self::new(match std::str::from_utf8(bytes) {
            Ok(text) => text.into_text(),
            Err(_) => String::from_utf8_lossy(bytes).into_text(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.0, Repr::Empty)
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Message => b"message",
            Repr::Empty => b"",
            Repr::Shared(text) => text.as_bytes(),
        }
    }

    /// Returns the text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Message => "message",
            Repr::Empty => "",
            Repr::Shared(text) => text.as_str(),
        }
    }
}

impl From<&str> for EventStr {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for EventStr {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for &EventStr {
    fn into_text(self) -> Text {
        self.as_str().into_text()
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for EventStr {
    fn into_text(self) -> Text {
        match self.0 {
            Repr::Message => Text::from_static("message"),
            Repr::Empty => Text::from_static(""),
            Repr::Shared(text) => Arc::unwrap_or_clone(text),
        }
    }
}
