//! A chat in the UI message stream protocol of Vercel's AI SDK, for its `useChat`: in Rocket.
//!
//! Shows an answer that survives a reload, that all tabs see, and that only the stop button stops. In a folder
//! or in Redis, what was said survives the server too. `ui_messages_axum` is the same in axum. The model is the fake one of `relay`.
//!
//! ```text
//! cargo run -p hub-examples --bin ui_messages
//! RUNS=file:/tmp/answers cargo run -p hub-examples --bin ui_messages
//! ```
//!
//! Then try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/api/chat --json '{"id": "1", "messages": [{"parts": [{"text": "long"}]}]}'
//! curl -N http://127.0.0.1:8000/api/chat/1/stream     # all of it, as often as you like
//! curl -X DELETE http://127.0.0.1:8000/api/chat/1     # the stop button
//! ```

mod answer;
#[path = "../../../../../examples/src/bin/relay/model.rs"]
mod model;
#[path = "../../../../../examples/src/bin/relay/upstream.rs"]
mod upstream;

use std::process::ExitCode;

use examples::launch;
use rocket::http::{Header, Status};
use rocket::serde::json::Json;
use rocket::{Responder, State, delete, get, post, routes};
use sse_hub::{Join, Runs, StartError};
use sse_runtime::EventStream;

use crate::answer::{Question, answer, replay, runs};
use crate::upstream::Upstream;

/// A stream with the header that names the protocol.
#[derive(Responder)]
struct UiMessages<S>(S, Header<'static>);

fn ui_messages(answer: Join) -> UiMessages<EventStream![]> {
    UiMessages(replay(answer), Header::new("x-vercel-ai-ui-message-stream", "v1"))
}

#[get("/")]
fn page() -> &'static str {
    "Let `useChat` ask here.\n"
}

/// A new question takes the place of one that is still being answered.
#[post("/api/chat", data = "<question>")]
async fn ask(
    question: Json<Question>,
    runs: &State<Runs>,
    model: &State<Upstream>,
) -> Result<UiMessages<EventStream![]>, Status> {
    runs.stop(&question.id).await.map_err(|_| Status::ServiceUnavailable)?;
    let answer = answer(model.inner().clone(), question.prompt());
    match runs.start(&question.id, answer).await {
        Ok(run) => Ok(ui_messages(run.join())),
        Err(StartError::Running(_)) => Err(Status::Conflict),
        Err(StartError::Id) => Err(Status::UnprocessableEntity),
        Err(_) => Err(Status::ServiceUnavailable),
    }
}

/// The client asks here after a reload. It begins its message anew, so it gets all of it.
#[get("/api/chat/<id>/stream")]
async fn resume(id: &str, runs: &State<Runs>) -> Result<UiMessages<EventStream![]>, Status> {
    match runs.find(id).await {
        Ok(Some(run)) if run.remains(None) => Ok(ui_messages(run.join())),
        Ok(_) => Err(Status::NoContent),
        Err(_) => Err(Status::ServiceUnavailable),
    }
}

/// The client's own `stop()` only closes its connection.
#[delete("/api/chat/<id>")]
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
    let runs = runs().await.expect("the place of the answers");
    let routes = routes![page, ask, resume, stop];
    launch(rocket::build().manage(runs).manage(model).mount("/", routes)).await
}
