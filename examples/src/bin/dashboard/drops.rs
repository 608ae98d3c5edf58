//! `POST /drop`: ends a client's stream, as a lost connection would.

use rocket::response::status::NoContent;
use rocket::tokio::sync::broadcast;
use rocket::tokio::sync::broadcast::error::RecvError;
use rocket::{State, post};

/// Tells all streams which client to drop.
pub(crate) struct Drops(broadcast::Sender<String>);

impl Default for Drops {
    fn default() -> Self {
        Self(broadcast::Sender::new(16))
    }
}

impl Drops {
    /// Resolves when this client is dropped.
    pub(crate) fn of(&self, client: Option<String>) -> impl Future<Output = ()> + use<> {
        let mut drops = self.0.subscribe();
        async move {
            loop {
                match drops.recv().await {
                    Ok(dropped) if Some(&dropped) == client.as_ref() => return,
                    Err(RecvError::Closed) => return,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                }
            }
        }
    }
}

#[post("/drop?<client>")]
pub(crate) fn drop(client: String, drops: &State<Drops>) -> NoContent {
    // Fails if nobody listens, and then there is nobody to drop.
    _ = drops.0.send(client);
    NoContent
}
