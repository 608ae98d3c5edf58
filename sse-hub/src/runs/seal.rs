//! The IDs of a run's events.

use std::hash::Hasher as _;

use sse_runtime::LastEventId;

use crate::event_id::EventId;
use crate::random::unique;

/// The key of one run, which makes the IDs of its events and recognizes them.
///
/// An ID is a sequence with a keyed hash of it. So an ID of another run, even an earlier one with the same name, or an
/// ID that was changed on its way is not taken for one of this run.
#[derive(Clone, Copy)]
pub(super) struct Seal {
    keys: [u64; 2],
}

impl Seal {
    /// Returns a seal that nobody can guess.
    ///
    /// # Panics
    ///
    /// If the operating system has no source of randomness.
    pub(super) fn random() -> Self {
        Self { keys: [unique(), unique()] }
    }

    /// Returns the secret in this seal, for the other processes that read the run.
    #[cfg(feature = "redis")]
    pub(super) fn to_text(self) -> String {
        format!("{:016x}{:016x}", self.keys[0], self.keys[1])
    }

    #[cfg(feature = "redis")]
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let key = |part: Option<&str>| u64::from_str_radix(part?, 16).ok();
        Some(Self { keys: [key(text.get(..16))?, key(text.get(16..))?] })
    }

    /// Returns the secret in this seal, for whoever opens the folder again.
    #[cfg(feature = "file")]
    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.keys[0].to_le_bytes());
        bytes[8..].copy_from_slice(&self.keys[1].to_le_bytes());
        bytes
    }

    #[cfg(feature = "file")]
    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        let [first, second] = [0, 8].map(|at| {
            let half = bytes[at..at + 8].try_into().expect("half of 16 bytes");
            u64::from_le_bytes(half)
        });
        Self { keys: [first, second] }
    }

    /// Returns a number that no other run has.
    #[cfg(feature = "file")]
    pub(super) fn run(self) -> u64 {
        self.keys[0]
    }

    pub(super) fn id(&self, sequence: u64) -> EventId {
        EventId { epoch: self.hash(sequence), sequence }
    }

    /// Returns the sequence of an ID that this seal has made.
    pub(super) fn sequence(&self, id: &LastEventId) -> Option<u64> {
        let id: EventId = id.as_str().parse().ok()?;
        (id == self.id(id.sequence)).then_some(id.sequence)
    }

    fn hash(&self, sequence: u64) -> u64 {
        #[allow(deprecated, reason = "the one keyed hash in `std` whose algorithm never changes")]
        let mut hash = std::hash::SipHasher::new_with_keys(self.keys[0], self.keys[1]);
        hash.write(&sequence.to_le_bytes());
        hash.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_in_which_any_character_was_changed_is_not_recognized() {
        let seal = Seal::random();
        let id = seal.id(1234).to_string();
        let sequence = |id: &str| seal.sequence(&LastEventId::new(id).unwrap());
        assert_eq!(sequence(&id), Some(1234));
        for at in 0..id.len() {
            for character in "0123456789abcdef.-x".chars() {
                let mut changed = id.clone();
                changed.replace_range(at..=at, character.encode_utf8(&mut [0; 4]));
                assert!(changed == id || sequence(&changed).is_none(), "{changed}");
            }
        }
    }

    #[test]
    fn an_id_of_another_run_is_not_recognized() {
        let id = LastEventId::from(Seal::random().id(1));
        assert_eq!(Seal::random().sequence(&id), None);
    }
}
