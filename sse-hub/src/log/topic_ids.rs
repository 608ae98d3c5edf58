//! The topics of an entry.

use super::TopicId;

/// Most entries have one topic, which needs no allocation.
#[derive(Clone, Debug)]
pub(crate) enum TopicIds {
    One(TopicId),
    Several(Box<[TopicId]>),
}

impl TopicIds {
    pub(crate) fn as_slice(&self) -> &[TopicId] {
        match self {
            Self::One(topic) => std::slice::from_ref(topic),
            Self::Several(topics) => topics,
        }
    }
}

impl FromIterator<TopicId> for TopicIds {
    fn from_iter<I: IntoIterator<Item = TopicId>>(topics: I) -> Self {
        let mut topics = topics.into_iter().peekable();
        match (topics.next(), topics.peek()) {
            (Some(only), None) => Self::One(only),
            (first, _) => Self::Several(first.into_iter().chain(topics).collect()),
        }
    }
}
