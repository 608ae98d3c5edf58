//! Texts, as events keep them.
//!
//! Most texts are short, numbers above all, so short ones are kept without an allocation. Libraries
//! that do this were tried and found slower: to pack a string into 24 bytes costs more for each event
//! than to move the 8 bytes by which a `Text` is larger.

mod as_str;
mod event_str;
mod into_text;
mod short;

use std::fmt;

pub use event_str::EventStr;
pub use into_text::IntoText;
pub(crate) use short::Short;

/// A text as an [`Event`](crate::Event) keeps it. [`IntoText`](crate::IntoText) turns everything
/// else into one.
///
/// A text of up to 24 bytes is kept in place, without an allocation. A longer one stays in the
/// `String` that was given, or in a copy of what was borrowed.
///
/// A `'static` text is never copied if it is declared as one:
///
/// ```
/// use sse_runtime::{Event, Text};
///
/// const NOTICE: Text = Text::from_static("The service will be back in about ten minutes.");
///
/// let event = Event::data(NOTICE);
/// assert_eq!(event.fields().data, Some(NOTICE.as_str()));
/// ```
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    /// The length of a short text, and the text, which can be sent as it is.
    Plain(u8, Short),
    /// The same, for a text that may have bytes to be replaced, or lines to be split.
    Short(u8, Short),
    Static(&'static str),
    Owned(String),
}

impl Text {
    /// Makes a text that is never copied.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Self(Repr::Static(text))
    }

    /// Returns the text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Plain(length, text) | Repr::Short(length, text) => text.as_str(*length),
            Repr::Static(text) => text,
            Repr::Owned(text) => text,
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Plain(length, text) | Repr::Short(length, text) => text.as_bytes(*length),
            Repr::Static(text) => text.as_bytes(),
            Repr::Owned(text) => text.as_bytes(),
        }
    }

    /// Returns the text and its length, if it is kept in place and can be sent as it is.
    #[inline]
    pub(crate) fn plain(&self) -> Option<(&Short, usize)> {
        match &self.0 {
            Repr::Plain(length, text) => Some((text, usize::from(*length))),
            _ => None,
        }
    }

    /// Copies the text.
    #[inline]
    pub(super) fn copied(text: &str) -> Self {
        match Short::new(text) {
            Some((length, short, true)) => Self(Repr::Plain(length, short)),
            Some((length, short, false)) => Self(Repr::Short(length, short)),
            None => Self::owned(text.to_owned()),
        }
    }

    #[inline]
    pub(super) fn owned(text: String) -> Self {
        Self(Repr::Owned(text))
    }

    pub(super) fn formatted(text: fmt::Arguments<'_>) -> Self {
        if let Some(text) = text.as_str() {
            return Self::from_static(text);
        }
        let mut formatted = Formatted::default();
        fmt::write(&mut formatted, text).expect("a `Display` implementation returned an error");
        formatted.into_text()
    }

    /// Returns whether dropping this frees memory.
    #[inline]
    pub(crate) fn owns_memory(&self) -> bool {
        matches!(self.0, Repr::Owned(_))
    }
}

/// A text that is being written.
#[derive(Default)]
struct Formatted {
    short: [u8; Short::MAX],
    length: usize,
    /// The whole text, once it is longer.
    long: String,
}

impl Formatted {
    fn short(&self) -> &str {
        std::str::from_utf8(&self.short[..self.length]).expect("it was made of `str`s")
    }

    fn into_text(self) -> Text {
        if self.long.is_empty() { Text::copied(self.short()) } else { Text::owned(self.long) }
    }
}

impl fmt::Write for Formatted {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let end = self.length + more.len();
        match self.short.get_mut(self.length..end) {
            Some(free) if self.long.is_empty() => {
                free.copy_from_slice(more.as_bytes());
                self.length = end;
            }
            _ if self.long.is_empty() => self.long = [self.short(), more].concat(),
            _ => self.long.push_str(more),
        }
        Ok(())
    }
}
