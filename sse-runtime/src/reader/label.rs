//! Names and IDs, which one event often has in common with the next.

use std::sync::Arc;

use crate::{IntoText, Text};

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
pub struct Label(Kept);

#[derive(Clone)]
enum Kept {
    Message,
    Empty,
    /// Not empty.
    Shared(Arc<Text>),
}

impl Label {
    /// What an event is called whose name was not sent.
    pub(crate) const MESSAGE: Self = Self(Kept::Message);
    pub(crate) const EMPTY: Self = Self(Kept::Empty);

    pub(crate) fn new(text: Text) -> Self {
        match text.as_bytes() {
            b"" => Self::EMPTY,
            _ => Self(Kept::Shared(Arc::new(text))),
        }
    }

    /// This one again, if it is of these bytes, or else a new one.
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
        matches!(self.0, Kept::Empty)
    }

    fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Kept::Message => b"message",
            Kept::Empty => b"",
            Kept::Shared(text) => text.as_bytes(),
        }
    }

    /// The text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kept::Message => "message",
            Kept::Empty => "",
            Kept::Shared(text) => text.as_str(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for &Label {
    fn into_text(self) -> Text {
        self.as_str().into_text()
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for Label {
    fn into_text(self) -> Text {
        match self.0 {
            Kept::Message => Text::from_static("message"),
            Kept::Empty => Text::from_static(""),
            Kept::Shared(text) => Arc::unwrap_or_clone(text),
        }
    }
}
