//! The rooms in which somebody listens: there are never more than there are streams.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rocket::tokio::sync::broadcast;

use crate::Message;

/// How many messages a client may be behind.
const CAPACITY: usize = 64;

type Room = broadcast::Sender<Message>;

#[derive(Default)]
pub(crate) struct Rooms(Mutex<HashMap<String, Room>>);

impl Rooms {
    /// Opens the room if need be, and closes those that all have left.
    pub(crate) fn enter(&self, name: &str) -> broadcast::Receiver<Message> {
        let mut rooms = self.lock();
        rooms.retain(|_, room| room.receiver_count() > 0);
        rooms.entry(name.to_owned()).or_insert_with(|| Room::new(CAPACITY)).subscribe()
    }

    /// Whether anyone was there to receive it.
    pub(crate) fn send(&self, name: &str, message: Message) -> bool {
        self.lock().get(name).is_some_and(|room| room.send(message).is_ok())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Room>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
