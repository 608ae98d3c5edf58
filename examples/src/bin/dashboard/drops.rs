//! `POST /drop`: ends a client's stream, as a lost connection would.

use rocket::http::Status;
use rocket::tokio::sync::broadcast;
use rocket::{State, post};

/// Tells all streams which client is dropped.
pub(crate) struct Drops(broadcast::Sender<String>);

impl Drops {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(64))
    }

    /// Resolves when this client is dropped, or when so many are that it could have been one of them.
    pub(crate) fn dropped(&self, client: Option<String>) -> impl Future<Output = ()> + use<> {
        let mut drops = self.0.subscribe();
        async move { while drops.recv().await.is_ok_and(|dropped| Some(dropped) != client) {} }
    }
}

#[post("/drop?<client>")]
pub(crate) fn drop(client: String, drops: &State<Drops>) -> Status {
    // Nobody may be there.
    _ = drops.0.send(client);
    Status::NoContent
}
