//! The types that can be used as texts.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::Text;

/// A type that an [`Event`](crate::Event) takes as a text: strings of all kinds, owned or borrowed
/// for any lifetime, `char`, numbers, `bool`, and `format_args!(…)`.
///
/// | given | what it costs |
/// |---|---|
/// | [`String`], `Cow::Owned`, `Box<str>` | nothing: the string itself is kept |
/// | `&str`, `&String`, `Cow::Borrowed`, `Arc<str>` and the like | a copy, and an allocation if it is longer than 24 bytes |
/// | `char`, `bool`, a number | what `to_string` does, but an allocation only if it is longer than 24 bytes |
/// | `format_args!("{n} of {total}")` | the formatting, and an allocation if it is longer than 24 bytes |
/// | [`Text::from_static`] | nothing |
///
/// ```
/// use sse_runtime::Event;
///
/// let (name, done, total) = (String::from("import"), 3, 10);
/// let event = Event::data(format_args!("{done} of {total}")).event(&name).id(done);
/// assert_eq!(event, Event::data("3 of 10").event("import").id("3"));
/// ```
///
/// Your own types need a single `impl`:
///
/// ```
/// use sse_runtime::{Event, IntoText, Text};
///
/// struct RowId(u64);
///
/// impl IntoText for RowId {
///     fn into_text(self) -> Text {
///         format_args!("row-{}", self.0).into_text()
///     }
/// }
///
/// assert_eq!(Event::data("…").id(RowId(7)), Event::data("…").id("row-7"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be used as a text",
    label = "neither a string nor a number",
    note = "`.to_string()` or `format_args!(…)` turns what implements `Display` into a text; \
            `Event::json(&…)` turns what implements `Serialize` into an event",
    note = "a type of your own becomes a text through `impl sse_runtime::IntoText`"
)]
pub trait IntoText {
    /// Returns the text.
    fn into_text(self) -> Text;
}

#[diagnostic::do_not_recommend]
impl IntoText for Text {
    #[inline]
    fn into_text(self) -> Text {
        self
    }
}

impl IntoText for String {
    #[inline]
    fn into_text(self) -> Text {
        Text::owned(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for Box<str> {
    #[inline]
    fn into_text(self) -> Text {
        self.into_string().into_text()
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for Cow<'_, str> {
    #[inline]
    fn into_text(self) -> Text {
        match self {
            Cow::Borrowed(text) => text.into_text(),
            Cow::Owned(text) => text.into_text(),
        }
    }
}

impl IntoText for &str {
    #[inline]
    fn into_text(self) -> Text {
        Text::copied(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for fmt::Arguments<'_> {
    fn into_text(self) -> Text {
        Text::formatted(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for char {
    fn into_text(self) -> Text {
        (&*self.encode_utf8(&mut [0; 4])).into_text()
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for bool {
    fn into_text(self) -> Text {
        Text::from_static(if self { "true" } else { "false" })
    }
}

/// Implements it for types that contain or borrow a `str`, by copying that.
macro_rules! borrowed {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoText for $type {
            #[inline]
            fn into_text(self) -> Text {
                let text: &str = self.as_ref();
                text.into_text()
            }
        }
    )*};
}

borrowed!(&&str, &String, &Cow<'_, str>, &Box<str>, Arc<str>, &Arc<str>, Rc<str>, &Rc<str>, &Text);

macro_rules! integers {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoText for $type {
            #[inline]
            fn into_text(self) -> Text {
                Text::copied(itoa::Buffer::new().format(self))
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

/// Formats floats as `to_string` does, which faster libraries don't.
macro_rules! floats {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoText for $type {
            fn into_text(self) -> Text {
                format_args!("{self}").into_text()
            }
        }
    )*};
}

floats!(f32, f64);

/// Implements it for references to values that are copied, such as an iterator over a slice yields.
macro_rules! copied {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoText for &$type {
            #[inline]
            fn into_text(self) -> Text {
                (*self).into_text()
            }
        }
    )*};
}

copied!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, char, bool);
