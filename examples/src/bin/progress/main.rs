//! Jobs that report their progress.
//!
//! Shows a watch channel as a stream, an event that tells the client to close, and the
//! answers at which an `EventSource` stops coming back: anything but 200.
//!
//! ```text
//! cargo run -p examples --bin progress
//! ```
//!
//! Then open <http://127.0.0.1:8000>, or try
//!
//! ```text
//! curl -X POST http://127.0.0.1:8000/jobs         # answers with the job's ID, such as 1
//! curl -N http://127.0.0.1:8000/jobs/1
//! curl -i http://127.0.0.1:8000/jobs/1            # once it is done: 204 No Content
//! curl -i http://127.0.0.1:8000/jobs/99           # never started: 404 Not Found
//! ```

mod jobs;

use std::sync::Arc;

use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket::{State, get, launch, post, routes};
use sse_runtime::{Event, EventStream};

use crate::jobs::{DONE, Jobs};

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(include_str!("progress.html"))
}

#[post("/jobs")]
fn start(jobs: &State<Arc<Jobs>>) -> String {
    Jobs::start(jobs).to_string()
}

/// The events have no IDs: who reconnects wants to know how far the job is, not how far it
/// was.
#[get("/jobs/<id>")]
fn follow(id: u64, jobs: &State<Arc<Jobs>>) -> Result<EventStream![], Status> {
    let mut job = jobs.find(id)?;
    Ok(EventStream!({
        // So that the first event comes at once.
        job.mark_changed();
        while job.changed().await.is_ok() {
            let percent = *job.borrow_and_update();
            yield Event::data(percent).event("progress");
        }
        // A job that died is not done.
        if *job.borrow() == DONE {
            yield Event::empty().event("done");
        }
    }))
}

#[launch]
fn rocket() -> _ {
    rocket::build().manage(Arc::new(Jobs::default())).mount("/", routes![page, start, follow])
}
