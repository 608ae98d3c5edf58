//! Jobs that report their progress.
//!
//! Shows a watch channel as a stream, an event that tells the client to close its source, and
//! the answers after which an `EventSource` doesn't reconnect: every status but 200.
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

use std::process::ExitCode;
use std::sync::Arc;

use examples::{launch, page};
use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket::{State, get, post, routes};
use sse_runtime::{Event, EventStream};

use crate::jobs::{DONE, Jobs};

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(page!("progress.html"))
}

#[post("/jobs")]
fn start(jobs: &State<Arc<Jobs>>) -> String {
    Jobs::start(jobs).to_string()
}

/// The events have no IDs: a client that reconnects wants to know how far the job is now, not how
/// far it was.
#[get("/jobs/<id>")]
fn follow(id: u64, jobs: &State<Arc<Jobs>>) -> Result<EventStream![], Status> {
    let mut job = jobs.find(id)?;
    Ok(EventStream!({
        // So that the first event comes at once.
        job.mark_changed();
        while job.changed().await.is_ok() {
            yield Event::data(*job.borrow_and_update()).event("progress");
        }
        // A job that died isn't done.
        if *job.borrow() == DONE {
            yield Event::empty().event("done");
        }
    }))
}

#[rocket::main]
async fn main() -> ExitCode {
    let jobs = Arc::new(Jobs::default());
    launch(rocket::build().manage(jobs).mount("/", routes![page, start, follow])).await
}
