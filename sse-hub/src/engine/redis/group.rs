//! Events that are published as one, of which a node may have read only the first. Redis may lose the others before the
//! node reads them, and nobody may receive only a part of them.

use super::entry::{Body, Part, Place};

/// The entries of a group that have been read, until all of them are there.
#[derive(Default)]
pub(super) struct Held(Vec<(Place, Body)>);

/// What comes next in the node's log.
pub(super) enum Next {
    Event(Body),
    /// A part of a group whose end was never written.
    Nothing,
}

impl Held {
    /// Adds the next entry. Returns the entries that can be passed to the node now.
    pub(super) fn add(&mut self, place: Place, body: Body) -> Vec<(Place, Next)> {
        let part = body.part;
        let mut next = if continues(self.0.last(), part) { Vec::new() } else { self.pass_over() };
        self.0.push((place, body));
        if part.is_none_or(|part| part.at == part.of) {
            next.extend(self.0.drain(..).map(|(place, body)| (place, Next::Event(body))));
        }
        next
    }

    /// Gives up waiting for the rest of the group.
    pub(super) fn pass_over(&mut self) -> Vec<(Place, Next)> {
        self.0.drain(..).map(|(place, _)| (place, Next::Nothing)).collect()
    }

    /// Drops the entries. Returns whether there were any.
    pub(super) fn clear(&mut self) -> bool {
        let was_empty = self.0.is_empty();
        self.0.clear();
        !was_empty
    }

    /// Returns the last entry.
    pub(super) fn last(&self) -> Option<Place> {
        self.0.last().map(|(place, _)| *place)
    }
}

/// Returns whether this is the next entry of the same group. A group whose beginning was trimmed may begin anywhere.
fn continues(before: Option<&(Place, Body)>, next: Option<Part>) -> bool {
    let before = before.and_then(|(_, body)| body.part);
    before.is_none_or(|Part { at, of }| next == Some(Part { at: at + 1, of }))
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;

    use super::*;
    use crate::message::Message;
    use crate::topics::Names;

    /// Adds entries with these parts, numbered from 1. Returns after each what the node has then; what it passes over
    /// is negative.
    fn added<const N: usize>(parts: [(usize, usize); N]) -> [Vec<i64>; N] {
        let (mut held, mut number) = (Held::default(), 0);
        parts.map(|(at, of)| {
            number += 1;
            let message = Message::event(Names::new(&"a").unwrap(), Event::data("x"));
            let part = (of > 0).then_some(Part { at, of });
            let place = Place { time: 1, sequence: number, token: number };
            let next = held.add(place, Body { message, last: vec![0], part });
            let next = next.into_iter().map(|(place, next)| {
                let sequence = i64::try_from(place.sequence).unwrap();
                if matches!(next, Next::Event(_)) { sequence } else { -sequence }
            });
            next.collect()
        })
    }

    const ALONE: (usize, usize) = (0, 0);

    #[test]
    fn what_is_published_alone_is_there_at_once_and_a_group_when_it_is_whole() {
        let next = added([ALONE, (1, 3), (2, 3), (3, 3), ALONE]);
        assert_eq!(next, [vec![1], vec![], vec![], vec![2, 3, 4], vec![5]]);
    }

    #[test]
    fn a_group_whose_end_was_never_written_is_passed_over() {
        assert_eq!(added([(1, 3), (2, 3), ALONE])[2], [-1, -2, 3]);
        assert_eq!(added([(1, 2), (1, 2), (2, 2)]), [vec![], vec![-1], vec![2, 3]]);
        assert_eq!(added([(1, 3), (2, 2)])[1], [-1, 2]);
    }

    #[test]
    fn a_group_whose_beginning_was_trimmed_goes_on_with_what_is_left() {
        assert_eq!(added([(2, 3), (3, 3)]), [vec![], vec![1, 2]]);
    }
}
