//! The smallest stream: a tick each second.
//!
//! ```text
//! cargo run -p examples --bin clock
//! curl -N http://127.0.0.1:8000
//! ```

use rocket::tokio::time::{Duration, interval};
use rocket::{get, launch, routes};
use sse_runtime::{Event, EventStream};

#[get("/")]
fn clock() -> EventStream![] {
    EventStream!({
        let mut every_second = interval(Duration::from_secs(1));
        for second in 0.. {
            every_second.tick().await;
            yield Event::data(format!("{second} s")).event("tick");
        }
    })
}

#[launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![clock])
}
