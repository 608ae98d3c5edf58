//! A chat with a language model whose answer survives a reload: in Rocket.
//!
//! Shows a run: the answer is produced once, by a task of its own. Whoever opens its address, after a
//! reload, in a second tab, or later, sees all of it. Closing every tab stops nothing; the stop button does.
//! `assistant_axum` is the same in axum. The model is the fake one of `relay`.
//!
//! ```text
//! cargo run -p hub-examples --bin assistant
//! ```
//!
//! Then open <http://127.0.0.1:8000>, or try
//!
//! ```text
//! curl http://127.0.0.1:8000/chats/1 -d long
//! curl -N http://127.0.0.1:8000/chats/1     # as often as you like
//! curl -X DELETE http://127.0.0.1:8000/chats/1
//! ```

mod answer;
#[path = "../../../../../examples/src/bin/relay/model.rs"]
mod model;
#[path = "../../../../../examples/src/bin/relay/upstream.rs"]
mod upstream;

use std::process::ExitCode;

use examples::{launch, page};
use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket::{State, delete, get, post, routes};
use sse_hub::{Runs, StartError};
use sse_runtime::{EventStream, LastEventId};

use crate::answer::{answer, settings, told};
use crate::upstream::Upstream;

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(page!("assistant.html"))
}

/// Two requests for the same chat start one answer.
#[post("/chats/<id>", data = "<prompt>")]
async fn ask(id: &str, prompt: String, runs: &State<Runs>, model: &State<Upstream>) -> Status {
    match runs.start(id, answer(model.inner().clone(), prompt)).await {
        Ok(_) | Err(StartError::Running(_)) => Status::Accepted,
        Err(StartError::Id) => Status::UnprocessableEntity,
        Err(_) => Status::ServiceUnavailable,
    }
}

/// With 204, an `EventSource` doesn't come back.
#[get("/chats/<id>")]
async fn join(
    id: &str,
    last: Option<LastEventId>,
    runs: &State<Runs>,
) -> Result<EventStream![], Status> {
    match runs.find(id).await {
        Ok(Some(run)) if run.remains(last.as_ref()) => {
            Ok(EventStream::from(run.join().resume(last)).on_error(told))
        }
        Ok(_) => Err(Status::NoContent),
        Err(_) => Err(Status::ServiceUnavailable),
    }
}

#[delete("/chats/<id>")]
async fn stop(id: &str, runs: &State<Runs>) -> Status {
    match runs.stop(id).await {
        Ok(true) => Status::NoContent,
        Ok(false) => Status::NotFound,
        Err(_) => Status::ServiceUnavailable,
    }
}

#[rocket::main]
async fn main() -> ExitCode {
    let model = Upstream::new(model::start().await.expect("a port"));
    let runs = settings().build();
    let routes = routes![page, ask, join, stop];
    launch(rocket::build().manage(runs).manage(model).mount("/", routes)).await
}
