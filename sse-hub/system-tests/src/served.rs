//! A hub whose streams are served by a server of each framework.

use std::sync::{Arc, Mutex};

use sse_hub::Hub;
use sse_runtime::{BoxEventStream, EventStream};
use tests::deadline::in_time;
use tests::servers::streams::{CountsDrops, World};
use tests::servers::{Framework, Server, Version};

use crate::ledger::{self, hub};

/// Runs the test with a new hub on a new server of each framework.
pub async fn on_each_framework(test: impl AsyncFn(Server, Hub)) {
    for framework in Framework::ALL {
        println!("{framework:?}:");
        let hub = hub();
        let server = Server::start_in(world(&hub), framework, Version::Http1).await;
        in_time(test(server, hub)).await;
    }
}

/// Adds `/hub15`, where the number is a set of the ledger's topics, `/ledger15`, which publishes as long as
/// anyone is there, and `/tagged`.
#[must_use]
pub fn world(hub: &Hub) -> World {
    let (hub, is_published) = (hub.clone(), Arc::new(Mutex::new(false)));
    World::with(move |world, name, number, last| match name {
        "hub" => Some(ledger::stream(&hub, number, last)),
        "ledger" => Some(ledger::live(&hub, &is_published, number, last)),
        "tagged" => Some(tagged(&hub, world)),
        _ => None,
    })
}

/// Returns the stream of a user, with a block that holds something.
fn tagged(hub: &Hub, world: &World) -> BoxEventStream<'static> {
    let (events, world) = (hub.subscribe("tagged").tag("user:7"), world.clone());
    let ended = events.ended();
    EventStream!({
        let _held = CountsDrops::begin(&world);
        for await event in events {
            yield event;
        }
    })
    .with_graceful_shutdown(ended)
    .boxed()
}
