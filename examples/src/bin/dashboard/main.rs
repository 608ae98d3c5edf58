//! A live dashboard: what this machine is doing, second by second, and a story, word by word.
//!
//! Shows one source of events for any number of clients, the replay of what a client missed, streams that
//! end on demand, and one that answers a POST. With more than one topic, or more than one server, the
//! crate `sse-hub` does the first two.
//!
//! ```text
//! cargo run -p examples --bin dashboard
//! ```
//!
//! Then open <http://127.0.0.1:8000>, or try
//!
//! ```text
//! curl -N 'http://127.0.0.1:8000/events?client=me'
//! curl -N 'http://127.0.0.1:8000/events?client=me' -H 'Last-Event-ID: …'
//! curl -X POST 'http://127.0.0.1:8000/drop?client=me'
//! curl -N http://127.0.0.1:8000/story -d words=40
//! ```

mod drops;
mod events;
mod markov;
mod readings;
mod sampler;
mod story;

use std::process::ExitCode;
use std::sync::Arc;

use examples::{launch, page};
use rocket::response::content::RawHtml;
use rocket::{get, routes};

use crate::drops::Drops;
use crate::markov::Chain;
use crate::readings::Readings;

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(page!("index.html"))
}

#[rocket::main]
async fn main() -> ExitCode {
    let readings = Arc::new(Readings::new());
    let rocket = rocket::build()
        .manage(readings.clone())
        .manage(Drops::new())
        .manage(Chain::of(include_str!("corpus.txt")))
        .attach(sampler::fairing(readings))
        .mount("/", routes![page, events::events, drops::drop, story::story]);
    launch(rocket).await
}
