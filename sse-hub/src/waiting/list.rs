//! The wakers of a topic: a slab, in which each keeps its index until it is removed or all are taken.

use std::task::Waker;

#[derive(Debug)]
pub(crate) struct List {
    generation: u64,
    slots: Vec<Slot>,
    /// The first free slot.
    free: Option<u32>,
    used: usize,
}

#[derive(Debug)]
enum Slot {
    Used(Waker),
    /// Links to the next free slot.
    Free(Option<u32>),
}

impl List {
    pub(crate) fn new(generation: u64) -> Self {
        Self { generation, slots: Vec::new(), free: None, used: 0 }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn len(&self) -> usize {
        self.used
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.used == 0
    }

    pub(crate) fn add(&mut self, waker: Waker) -> u32 {
        self.used += 1;
        let Some(index) = self.free else {
            self.slots.push(Slot::Used(waker));
            return u32::try_from(self.slots.len() - 1).expect("fewer than 2³² tasks");
        };
        let slot = std::mem::replace(self.slot(index), Slot::Used(waker));
        let Slot::Free(next) = slot else { unreachable!("it was free") };
        self.free = next;
        index
    }

    /// Returns the former waker, if it was a different one.
    pub(crate) fn replace(&mut self, index: u32, waker: &Waker) -> Option<Waker> {
        match self.slot(index) {
            Slot::Used(old) if !old.will_wake(waker) => Some(std::mem::replace(old, waker.clone())),
            _ => None,
        }
    }

    pub(crate) fn remove(&mut self, index: u32) -> Waker {
        let free = Slot::Free(self.free);
        let Slot::Used(waker) = std::mem::replace(self.slot(index), free) else {
            unreachable!("a place is left once")
        };
        self.free = Some(index);
        self.used -= 1;
        waker
    }

    pub(crate) fn into_wakers(self) -> impl Iterator<Item = Waker> + Send {
        self.slots.into_iter().filter_map(|slot| match slot {
            Slot::Used(waker) => Some(waker),
            Slot::Free(_) => None,
        })
    }

    fn slot(&mut self, index: u32) -> &mut Slot {
        &mut self.slots[index as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_come_and_go_take_no_more_places_than_there_were_at_a_time() {
        let mut list = List::new(1);
        list.add(Waker::noop().clone());
        for _ in 0..100 {
            let places = [(); 3].map(|()| list.add(Waker::noop().clone()));
            for place in places {
                list.remove(place);
            }
        }
        assert_eq!((list.slots.len(), list.used), (4, 1));
        assert_eq!(list.into_wakers().count(), 1);
    }
}
