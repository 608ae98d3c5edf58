//! Collections that give memory back, and hashing of IDs.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash, Hasher};

/// Below this capacity nothing is given back.
const SMALL: usize = 64;

/// Gives memory back once most of it is unused, so that the amortized cost of an entry is constant.
pub(crate) fn shrink_map<K: Eq + Hash, V, S: BuildHasher>(map: &mut HashMap<K, V, S>) {
    if map.capacity() > SMALL && map.len() < map.capacity() / 8 {
        map.shrink_to(map.len() * 2);
    }
}

pub(crate) fn shrink_deque<T>(deque: &mut VecDeque<T>) {
    if deque.capacity() > SMALL && deque.len() < deque.capacity() / 8 {
        deque.shrink_to(deque.len() * 2);
    }
}

/// A fast hash of numbers that no client can choose.
#[derive(Clone, Copy, Default)]
pub(crate) struct ById(u64);

impl BuildHasher for ById {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for ById {
    fn write(&mut self, _: &[u8]) {
        unreachable!("IDs are of 64 bits");
    }

    // Multiplying by the golden ratio spreads consecutive numbers over all bits.
    fn write_u64(&mut self, id: u64) {
        self.0 = id.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
