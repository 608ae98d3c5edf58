//! The names of topics.

use sse_runtime::{IntoText as _, Text};

use crate::error::TopicsError;
use crate::few::Few;

/// How many topics an event or a subscription can have.
pub(crate) const MAX_TOPICS: usize = 128;
/// How many bytes a topic's name can have.
const MAX_BYTES: usize = 255;
/// About how many bytes a name takes in addition to its text.
#[cfg(any(feature = "file", feature = "redis"))]
const NAME_BYTES: usize = 32;

/// The topics of an event or of a subscription: a `&str`, a `String`, or an array, a slice or a
/// `Vec` of these.
///
/// The name of a topic has 1 to 255 bytes, and there can be 1 to 128 topics. A topic that is named
/// twice counts once.
///
/// ```
/// # use sse_hub::Hub;
/// let hub = Hub::new();
/// let room = String::from("lobby");
/// let one = hub.subscribe(&room);
/// let several = hub.subscribe([room.as_str(), "announcements"]);
/// # assert_eq!(hub.subscribers("lobby"), 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be used as topics",
    note = "topics are a `&str`, a `String`, or an array, a slice or a `Vec` of these"
)]
pub trait Topics: sealed::Sealed {
    #[doc(hidden)]
    fn for_each(&self, each: &mut dyn FnMut(&str));
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! one {
    ($($type:ty),*) => {$(
        impl sealed::Sealed for $type {}
        impl Topics for $type {
            fn for_each(&self, each: &mut dyn FnMut(&str)) {
                each(self);
            }
        }
    )*};
}

macro_rules! several {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<T: AsRef<str>, $($generics)*> sealed::Sealed for $type {}
        impl<T: AsRef<str>, $($generics)*> Topics for $type {
            fn for_each(&self, each: &mut dyn FnMut(&str)) {
                for topic in self.iter() {
                    each(topic.as_ref());
                }
            }
        }
    )*};
}

one!(&str, String, &String);
several!([] &[T], [] Vec<T>, [] &Vec<T>, [const N: usize] [T; N], [const N: usize] &[T; N]);

/// Valid names of topics, without duplicates.
#[derive(Clone, Debug)]
pub(crate) struct Names(Few<Text>);

impl Names {
    /// The upper bound of [`bytes`](Self::bytes).
    #[cfg(any(feature = "file", feature = "redis"))]
    pub(crate) const MAX_BYTES: usize = MAX_TOPICS * (MAX_BYTES + NAME_BYTES);

    /// Returns about how many bytes they take in memory.
    #[cfg(any(feature = "file", feature = "redis"))]
    pub(crate) fn bytes(&self) -> usize {
        self.iter().map(|name| name.len() + NAME_BYTES).sum()
    }

    pub(crate) fn new(topics: &impl Topics) -> Result<Self, TopicsError> {
        let mut names = Self::none();
        let mut result = Ok(());
        topics.for_each(&mut |name| {
            if result.is_ok() {
                result = names.add(name);
            }
        });
        result?;
        if names.iter().len() == 0 { Err(TopicsError::None) } else { Ok(names) }
    }

    /// Returns the union of these.
    pub(crate) fn of_all<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let mut names: Vec<Text> = all.flat_map(|names| names.0.as_slice()).cloned().collect();
        names.sort_unstable_by(|a, b| a.as_str().cmp(b));
        names.dedup();
        Self(Few::Several(names))
    }

    /// Returns no names, for messages that aren't events of topics.
    pub(crate) fn none() -> Self {
        Self(Few::default())
    }

    /// Takes names from an entry of the log without checking them: another version may have other limits.
    #[cfg(any(feature = "file", feature = "redis"))]
    pub(crate) fn of_log(names: Few<Text>) -> Self {
        Self(names)
    }

    fn add(&mut self, name: &str) -> Result<(), TopicsError> {
        check(name)?;
        if self.iter().any(|known| known == name) {
            return Ok(());
        }
        if self.iter().len() == MAX_TOPICS {
            return Err(TopicsError::TooMany);
        }
        self.0.push(name.into_text());
        Ok(())
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.as_slice().iter().map(|name| &**name)
    }
}

fn check(name: &str) -> Result<(), TopicsError> {
    match name.len() {
        0 => Err(TopicsError::Empty),
        1..=MAX_BYTES => Ok(()),
        _ => Err(TopicsError::TooLong),
    }
}
