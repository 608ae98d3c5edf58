//! A collection that most often has one element.

/// One element takes no allocation.
#[derive(Clone, Debug)]
pub(crate) enum Few<T> {
    One(T),
    Several(Vec<T>),
}

impl<T> Few<T> {
    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::Several(all) => all,
        }
    }

    pub(crate) fn push(&mut self, next: T) {
        *self = match std::mem::take(self) {
            Self::One(first) => Self::Several(vec![first, next]),
            Self::Several(none) if none.is_empty() => Self::One(next),
            Self::Several(mut all) => {
                all.push(next);
                Self::Several(all)
            }
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut all = all.into_iter();
        match (all.next(), all.next()) {
            (Some(only), None) => Self::One(only),
            (first, second) => Self::Several(first.into_iter().chain(second).chain(all).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_what_was_added_however_much_that_is() {
        let mut pushed = Few::default();
        for count in 0..5 {
            let expected: Vec<_> = (0..count).collect();
            assert_eq!(pushed.as_slice(), expected);
            let collected: Few<usize> = (0..count).collect();
            assert_eq!(collected.as_slice(), expected);
            for few in [&pushed, &collected] {
                assert_eq!(matches!(few, Few::One(_)), count == 1);
            }
            pushed.push(count);
        }
    }
}
