//! A text where a `str` is expected.

use std::borrow::Borrow;
use std::ops::Deref;

use super::Text;
use super::text::Kept;

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

/// Without a copy, if the text is kept in a `String` already.
impl From<Text> for String {
    fn from(text: Text) -> Self {
        match text {
            Text(Kept::Owned(text)) => text,
            other => other.as_str().to_owned(),
        }
    }
}
