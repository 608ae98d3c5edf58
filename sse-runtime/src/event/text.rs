//! Texts, as events keep them.
//!
//! Most texts are short, numbers above all, so short ones are kept without an allocation. Libraries
//! that do this were tried: packing a string into 24 bytes costs an event more than moving the 8
//! bytes by which this is larger.

use std::fmt;
use std::sync::Arc;

use super::Shared;

/// A text as an [`Event`](crate::Event) keeps it. [`IntoText`](crate::IntoText) turns everything
/// else into one.
///
/// A text of up to 30 bytes is kept in place, without an allocation. A longer one stays in the
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
pub struct Text(pub(super) Kept);

#[derive(Clone)]
pub(super) enum Kept {
    Short(Short),
    Static(&'static str),
    Owned(String),
    /// Not a text but a whole event, in place of its data. It is a variant of this enum because
    /// checking a single tag is fastest.
    Event(Arc<Shared>),
}

/// A short text, followed by spaces.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    length: u8,
    bytes: [u8; Short::MAX],
}

impl Text {
    /// A text that is never copied.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Self(Kept::Static(text))
    }

    /// The text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kept::Short(text) => text.as_str(),
            Kept::Static(text) => text,
            Kept::Owned(text) => text,
            Kept::Event(event) => event.event().fields().data.unwrap_or_default(),
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Kept::Short(text) => text.as_bytes(),
            Kept::Static(text) => text.as_bytes(),
            Kept::Owned(text) => text.as_bytes(),
            Kept::Event(_) => self.as_str().as_bytes(),
        }
    }

    /// The text, if it is kept in place.
    #[inline]
    pub(crate) fn short(&self) -> Option<&Short> {
        match &self.0 {
            Kept::Short(text) => Some(text),
            _ => None,
        }
    }

    /// The event that is here in place of a text.
    #[inline]
    pub(crate) fn shared(&self) -> Option<&Shared> {
        match &self.0 {
            Kept::Event(event) => Some(event),
            _ => None,
        }
    }

    /// Copies the text.
    #[inline]
    pub(super) fn copied(text: &str) -> Self {
        match Short::new(text) {
            Some(text) => Self(Kept::Short(text)),
            None => Self::owned(text.to_owned()),
        }
    }

    #[inline]
    pub(super) fn owned(text: String) -> Self {
        Self(Kept::Owned(text))
    }

    pub(super) fn formatted(text: fmt::Arguments<'_>) -> Self {
        if let Some(text) = text.as_str() {
            return Self::from_static(text);
        }
        let mut formatted = Formatted(Self(Kept::Short(Short::EMPTY)));
        fmt::write(&mut formatted, text).expect("a `Display` implementation returned an error");
        formatted.0
    }

    /// Whether dropping this frees memory.
    #[inline]
    pub(super) fn owns_memory(&self) -> bool {
        matches!(self.0, Kept::Owned(_) | Kept::Event(_))
    }
}

impl Short {
    /// With this many bytes, the whole text is 32 bytes.
    pub(crate) const MAX: usize = 30;

    const EMPTY: Self = Self { length: 0, bytes: [b' '; Self::MAX] };

    #[inline]
    fn new(text: &str) -> Option<Self> {
        let mut short = Self::EMPTY;
        short.bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        short.length = u8::try_from(text.len()).ok()?;
        Some(short)
    }

    /// Appends the string if it fits, and returns whether it did.
    fn push(&mut self, more: &str) -> bool {
        let start = self.as_bytes().len();
        let end = start + more.len();
        let (Some(free), Ok(length)) = (self.bytes.get_mut(start..end), u8::try_from(end)) else {
            return false;
        };
        free.copy_from_slice(more.as_bytes());
        self.length = length;
        true
    }

    /// The text, and what follows it.
    #[inline]
    pub(crate) fn padded(&self) -> (&[u8; Self::MAX], usize) {
        // The remainder equals the length; the compiler can omit checks because of it.
        (&self.bytes, usize::from(self.length) % (Self::MAX + 2))
    }

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        let (bytes, length) = self.padded();
        &bytes[..length]
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("it was made of a `str`")
    }
}

/// A text that is being written.
struct Formatted(Text);

impl fmt::Write for Formatted {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let fits = match &mut self.0.0 {
            Kept::Short(text) => text.push(more),
            Kept::Static(_) | Kept::Event(_) => false,
            Kept::Owned(text) => {
                text.push_str(more);
                true
            }
        };
        if !fits {
            self.0 = Text::owned([self.0.as_str(), more].concat());
        }
        Ok(())
    }
}
