//! `GET /events`: the readings, from where the client left off.

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
    readings: &State<Readings>,
    drops: &State<Drops>,
) -> EventStream![] {
    let last = last.and_then(|id| id.as_str().parse().ok());
    let readings = readings.after(last).take_until(drops.of(client));
    EventStream!({
        yield Event::retry(Duration::from_secs(1));
        for await reading in readings {
            yield Event::json(&reading).event("reading").id(reading.id.to_string());
        }
    })
}
