//! `POST /drop`: ends a client's stream, as a lost connection would.

use rocket::http::Status;
use rocket::{State, post};
use sse_hub::Hub;
use sse_runtime::Event;

/// Each client has a topic of its own.
fn topic(client: &str) -> String {
    format!("drop {client}")
}

/// Resolves when this client is dropped.
pub(crate) fn dropped(hub: &Hub, client: Option<String>) -> impl Future<Output = ()> + use<> {
    let drops = client.map(|client| hub.subscribe(topic(&client)).announce(false));
    async {
        match drops {
            Some(mut drops) => _ = drops.next().await,
            None => std::future::pending().await,
        }
    }
}

#[post("/drop?<client>")]
pub(crate) async fn drop(client: &str, hub: &State<Hub>) -> Status {
    match hub.publish(topic(client), Event::empty()).await {
        Ok(_) => Status::NoContent,
        // Its name is too long.
        Err(_) => Status::UnprocessableEntity,
    }
}
