//! The smallest stream: a tick each second.
//!
//! ```text
//! cargo run -p examples --bin clock
//! curl -N http://127.0.0.1:8000
//! ```

use std::process::ExitCode;

use rocket::tokio::time::{Duration, interval};
use rocket::{get, routes};
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

#[rocket::main]
async fn main() -> ExitCode {
    examples::launch(rocket::build().mount("/", routes![clock])).await
}
