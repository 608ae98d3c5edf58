//! A live dashboard: what this machine is doing, each second, and a story, word by word.
//!
//! Shows one source of events for any number of clients, the replay of what a client
//! missed, streams that end on demand, and a stream that answers a POST. The first three are
//! what a hub is for.
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

use std::net::SocketAddr;

use rocket::fairing::AdHoc;
use rocket::response::content::RawHtml;
use rocket::{get, launch, routes};

use crate::markov::Chain;

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(include_str!("index.html"))
}

#[launch]
fn rocket() -> _ {
    let hub = readings::hub();
    rocket::build()
        .manage(hub.clone())
        .manage(Chain::of(include_str!("corpus.txt")))
        .attach(sampler::fairing(hub))
        .attach(url_printer())
        .mount("/", routes![page, events::events, drops::drop, story::story])
}

fn url_printer() -> AdHoc {
    AdHoc::on_liftoff("URL printer", |rocket| {
        Box::pin(async move {
            let address = SocketAddr::new(rocket.config().address, rocket.config().port);
            println!("Dashboard: http://{address}");
        })
    })
}
