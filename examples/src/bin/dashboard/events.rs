//! `GET /events`: the readings of the last minute, or those after the last one that the client
//! received, and then each new one.

use rocket::futures::StreamExt as _;
use rocket::tokio::time::Duration;
use rocket::{State, get};
use sse_hub::{Hub, Start};
use sse_runtime::{Event, EventStream, LastEventId};

use crate::drops::dropped;
use crate::readings::TOPIC;

#[get("/events?<client>")]
pub(crate) fn events(
    client: Option<String>,
    last: Option<LastEventId>,
    hub: &State<Hub>,
) -> EventStream![] {
    let readings = hub.subscribe(TOPIC).start(Start::Earliest).resume(last);
    let readings = readings.take_until(dropped(hub, client));
    EventStream!({
        yield Event::retry(Duration::from_secs(1));
        for await reading in readings {
            yield reading;
        }
    })
}
