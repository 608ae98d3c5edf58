//! Shrinking collections, and hashing IDs.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash, Hasher};

/// A collection of this capacity is not shrunk.
const SMALL: usize = 64;

/// Gives memory back once seven eighths are unused, which costs a removal constant time, amortized.
pub(crate) fn shrink_map<K: Eq + Hash, V, S: BuildHasher>(map: &mut HashMap<K, V, S>) {
    if map.capacity() > SMALL && map.len() < map.capacity() / 8 {
        map.shrink_to(map.len() * 2);
    }
}

/// Does the same for a queue.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_was_large_gives_its_memory_back_and_a_small_one_keeps_it() {
        let mut map: HashMap<u64, u64, ById> = (0..10_000).map(|n| (n, n)).collect();
        let large = map.capacity();
        map.retain(|&n, _| n < 5000);
        shrink_map(&mut map);
        assert_eq!(map.capacity(), large, "half of it is in use");
        map.retain(|&n, _| n < 100);
        shrink_map(&mut map);
        assert!((100..1000).contains(&map.capacity()), "{}", map.capacity());
        map.retain(|&n, _| n < 1);
        shrink_map(&mut map);
        shrink_map(&mut map);
        let small = map.capacity();
        shrink_map(&mut map);
        assert!(small <= SMALL && map.capacity() == small);
    }

    #[test]
    fn a_queue_that_was_large_gives_its_memory_back_and_a_small_one_keeps_it() {
        let mut queue: VecDeque<u64> = (0..10_000).collect();
        let large = queue.capacity();
        queue.truncate(5000);
        shrink_deque(&mut queue);
        assert_eq!(queue.capacity(), large, "half of it is in use");
        queue.truncate(100);
        shrink_deque(&mut queue);
        assert!((100..1000).contains(&queue.capacity()), "{}", queue.capacity());
        queue.truncate(1);
        shrink_deque(&mut queue);
        let small = queue.capacity();
        shrink_deque(&mut queue);
        assert!(small <= SMALL && queue.capacity() == small);
    }
}
