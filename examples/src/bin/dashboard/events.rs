//! `GET /events`: the readings of the last minute, or those after the last one that the client
//! received, and then each new one.

use std::sync::Arc;

use rocket::futures::StreamExt as _;
use rocket::tokio::time::Duration;
use rocket::{State, get};
use sse_runtime::{Event, EventStream, LastEventId};

use crate::drops::Drops;
use crate::readings::Readings;

#[get("/events?<client>")]
pub(crate) fn events(
    client: Option<String>,
    last: Option<LastEventId>,
    readings: &State<Arc<Readings>>,
    drops: &State<Drops>,
) -> EventStream![] {
    let readings = readings.after(last).take_until(drops.dropped(client));
    EventStream!({
        yield Event::retry(Duration::from_secs(1));
        for await reading in readings {
            yield reading;
        }
    })
}
