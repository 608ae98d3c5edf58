//! A live dashboard: what this machine is doing, second by second, and a story, word by word.
//!
//! Shows one source of events for any number of clients, the replay of what a client missed, and
//! streams that end on demand, all of them with a hub. It also shows a stream that answers a POST.
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

use examples::{launch, page};
use rocket::response::content::RawHtml;
use rocket::{get, routes};

use crate::markov::Chain;

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(page!("index.html"))
}

#[rocket::main]
async fn main() -> ExitCode {
    let hub = readings::hub();
    let rocket = rocket::build()
        .manage(hub.clone())
        .manage(Chain::of(include_str!("corpus.txt")))
        .attach(sampler::fairing(hub))
        .mount("/", routes![page, events::events, drops::drop, story::story]);
    launch(rocket).await
}
