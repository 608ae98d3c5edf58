//! A Markov chain of order two: each word follows from the two before it.

use std::collections::HashMap;
use std::iter;

type Pair = (&'static str, &'static str);

/// Stands before the first word of a sentence.
const START: Pair = ("", "");

/// The words that follow each pair of words, as often as they do in a text.
pub(crate) struct Chain(HashMap<Pair, Vec<&'static str>>);

impl Chain {
    pub(crate) fn of(text: &'static str) -> Self {
        let mut followers = HashMap::<Pair, Vec<_>>::new();
        let mut pair = START;
        for word in text.split_whitespace() {
            followers.entry(pair).or_default().push(word);
            pair = step(pair, word);
        }
        Self(followers)
    }

    /// Sentence after sentence. Ends only if the text does not end with a sentence.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'static str> {
        let mut pair = START;
        iter::from_fn(move || {
            let &word = fastrand::choice(self.0.get(&pair)?)?;
            pair = step(pair, word);
            Some(word)
        })
    }
}

pub(crate) fn ends_sentence(word: &str) -> bool {
    word.ends_with(['.', '!', '?'])
}

fn step((_, previous): Pair, word: &'static str) -> Pair {
    if ends_sentence(word) { START } else { (previous, word) }
}
