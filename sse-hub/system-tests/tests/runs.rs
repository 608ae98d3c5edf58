//! Runs under Rocket and axum, over real sockets: answers that survive their connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use fastrand::Rng;
use futures::future::join_all;
use reqwest::Client;
use rocket::http::Status;
use rocket::{delete, get, post, routes};
use sse_hub::{RunError, RunState, Runs, StartError};
use sse_runtime::{Event, EventStream, LastEventId};
use tests::deadline::in_time;
use tests::reader::Reader;
use tests::rocket_server;
use tests::servers::read;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::sleep;

type Fallible<T> = Result<T, String>;

/// Produces answers: one word for each permit.
#[derive(Clone)]
struct Model {
    permits: Arc<Semaphore>,
}

impl Model {
    /// Yields these words; `fail` makes it fail.
    fn answer(self, prompt: String) -> EventStream![Fallible<Event>] {
        let permits = self.permits;
        EventStream! {
            for word in prompt.split(' ') {
                permits.acquire().await.expect("it goes on").forget();
                if word == "fail" {
                    Err("the key is in the drawer".to_owned())?;
                }
                yield Event::data(word);
            }
        }
    }
}

#[post("/chats/<id>", data = "<prompt>")]
async fn ask(
    id: &str,
    prompt: String,
    runs: &rocket::State<Runs>,
    model: &rocket::State<Model>,
) -> Result<EventStream![Result<Event, RunError>], Status> {
    match runs.start(id, model.inner().clone().answer(prompt)).await {
        Ok(run) | Err(StartError::Running(run)) => Ok(run.join().into()),
        Err(_) => Err(Status::ServiceUnavailable),
    }
}

#[get("/chats/<id>")]
async fn rejoin(
    id: &str,
    runs: &rocket::State<Runs>,
    last: Option<LastEventId>,
) -> Result<EventStream![Result<Event, RunError>], Status> {
    match runs.find(id).await {
        Ok(Some(run)) if run.remains(last.as_ref()) => Ok(run.join().resume(last).into()),
        Ok(_) => Err(Status::NoContent),
        Err(_) => Err(Status::ServiceUnavailable),
    }
}

#[delete("/chats/<id>")]
async fn stop(id: &str, runs: &rocket::State<Runs>) -> Status {
    match runs.stop(id).await {
        Ok(true) => Status::Ok,
        Ok(false) => Status::NotFound,
        Err(_) => Status::ServiceUnavailable,
    }
}

type Shared = State<(Runs, Model)>;

async fn axum_ask(
    State((runs, model)): Shared,
    Path(id): Path<String>,
    prompt: String,
) -> Response {
    match runs.start(&id, model.answer(prompt)).await {
        Ok(run) | Err(StartError::Running(run)) => EventStream::from(run.join()).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn axum_rejoin(
    State((runs, _)): Shared,
    Path(id): Path<String>,
    last: Option<LastEventId>,
) -> Result<EventStream![Result<Event, RunError>], StatusCode> {
    match runs.find(&id).await {
        Ok(Some(run)) if run.remains(last.as_ref()) => Ok(run.join().resume(last).into()),
        Ok(_) => Err(StatusCode::NO_CONTENT),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn axum_stop(State((runs, _)): Shared, Path(id): Path<String>) -> StatusCode {
    match runs.stop(&id).await {
        Ok(true) => StatusCode::OK,
        Ok(false) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A server, and what its answers come from.
struct App {
    address: SocketAddr,
    runs: Runs,
    permits: Arc<Semaphore>,
    client: Client,
    can_abort: bool,
}

impl App {
    async fn start(in_rocket: bool) -> Self {
        let permits = Arc::new(Semaphore::new(0));
        let (runs, model) = (Runs::new(), Model { permits: Arc::clone(&permits) });
        let address = if in_rocket {
            let rocket = rocket::build().manage(runs.clone()).manage(model);
            let rocket = rocket.mount("/", routes![ask, rejoin, stop]);
            rocket_server::Server::launch(rocket).await.address
        } else {
            let methods = axum::routing::get(axum_rejoin).post(axum_ask).delete(axum_stop);
            let app = Router::new().route("/chats/{id}", methods).with_state((runs.clone(), model));
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            tokio::spawn(async { axum::serve(listener, app).await.expect("it runs") });
            address
        };
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { address, runs, permits, client, can_abort: !in_rocket }
    }

    fn url(&self, id: &str) -> String {
        format!("http://{}/chats/{id}", self.address)
    }

    async fn ask(&self, id: &str, prompt: &str) -> reqwest::Response {
        let request = self.client.post(self.url(id)).body(prompt.to_owned());
        request.send().await.expect("a response")
    }

    /// The status, the data of all events, and whether the response was aborted.
    async fn rejoin(&self, id: &str, last: Option<&str>) -> (u16, Vec<String>, bool) {
        let mut request = self.client.get(self.url(id));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.expect("a response");
        let status = response.status().as_u16();
        let (body, end) = read(response).await;
        (status, data(&body), end.is_err())
    }

    async fn reader(&self, id: &str, last: Option<&str>) -> Reader {
        let path = format!("/chats/{id}");
        Reader::resume(self.address, &path, last).await.expect("it takes the request")
    }
}

fn data(body: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(body).expect("text");
    text.lines().filter_map(|line| line.strip_prefix("data: ")).map(str::to_owned).collect()
}

fn last_id(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).expect("text");
    text.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().map(str::to_owned)
}

async fn under_each(test: impl AsyncFn(App)) {
    for in_rocket in [true, false] {
        println!("in Rocket: {in_rocket}");
        let app = App::start(in_rocket).await;
        in_time(Box::pin(test(app))).await;
    }
}

#[tokio::test]
async fn a_client_that_lost_its_connection_continues_where_it_left_off_and_then_stays_away() {
    under_each(async |app| {
        drop(app.ask("1", "a b c d").await);
        let mut reader = app.reader("1", None).await;
        app.permits.add_permits(2);
        reader.until(|reader| data(&reader.body).len() == 2).await;
        let last = last_id(&reader.body);
        reader.reset();
        app.permits.add_permits(2);
        let (status, rest, _) = app.rejoin("1", last.as_deref()).await;
        assert_eq!((status, rest), (200, vec!["c".to_owned(), "d".to_owned()]));

        let whole = app.reader("1", None).await.to_the_end().await;
        assert_eq!(data(&whole.body), ["a", "b", "c", "d"]);
        let last = last_id(&whole.body);
        assert_eq!(app.rejoin("1", last.as_deref()).await.0, 204);
        assert_eq!(app.rejoin("2", None).await.0, 204);
    })
    .await;
}

#[tokio::test]
async fn two_requests_at_once_start_one_answer() {
    under_each(async |app| {
        let (first, second) = tokio::join!(app.ask("1", "a b"), app.ask("1", "a b"));
        app.permits.add_permits(2);
        for response in [first, second] {
            let (body, end) = read(response).await;
            assert_eq!(data(&body), ["a", "b"]);
            assert!(end.is_ok());
        }
        assert_eq!((app.runs.stats().started, app.permits.available_permits()), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn a_failure_comes_after_all_that_was_recorded_and_says_nothing_of_what_went_wrong() {
    under_each(async |app| {
        app.permits.add_permits(3);
        let (body, end) = read(app.ask("1", "a b fail c").await).await;
        assert_eq!(
            (data(&body), end.is_err()),
            (vec!["a".to_owned(), "b".to_owned()], app.can_abort)
        );
        let (status, again, aborted) = app.rejoin("1", None).await;
        assert_eq!((status, again.len(), aborted), (200, 2, app.can_abort));
        assert!(!String::from_utf8(body.clone()).unwrap().contains("drawer"));
        assert_eq!(app.rejoin("1", last_id(&body).as_deref()).await.0, 204);
    })
    .await;
}

#[tokio::test]
async fn a_stop_ends_it_for_everyone_at_once() {
    under_each(async |app| {
        let asking = app.ask("1", "a b c").await;
        app.permits.add_permits(1);
        let mut reader = app.reader("1", None).await;
        reader.until(|reader| data(&reader.body).len() == 1).await;
        let stopped = app.client.delete(app.url("1")).send().await.expect("a response");
        assert_eq!(stopped.status(), 200);
        assert_eq!(data(&reader.to_the_end().await.body), ["a"]);
        let (body, end) = read(asking).await;
        assert_eq!((data(&body), end.is_err()), (vec!["a".to_owned()], app.can_abort));
        let run = app.runs.find("1").await.unwrap().expect("it is kept");
        assert_eq!(run.state(), RunState::Stopped);
        let again = app.client.delete(app.url("1")).send().await.expect("a response");
        assert_eq!(again.status(), 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_200_readers_that_come_and_go_has_every_event_once() {
    const WORDS: usize = 200;
    under_each(async |app| {
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let words: Vec<_> = (0..WORDS).map(|n| n.to_string()).collect();
        drop(app.ask("1", &words.join(" ")).await);
        let readers = join_all((0..200).map(|n| follow(&app, Rng::with_seed(seed ^ n))));
        let producing = async {
            for _ in 0..WORDS {
                app.permits.add_permits(1);
                sleep(Duration::from_millis(1)).await;
            }
        };
        let (read, ()) = tokio::join!(readers, producing);
        assert!(read.iter().all(|read| *read == words));
    })
    .await;
}

/// Reads for a while, leaves, and comes back, until there is nothing more.
async fn follow(app: &App, mut plan: Rng) -> Vec<String> {
    let (mut all, mut last) = (Vec::new(), None::<String>);
    loop {
        sleep(Duration::from_millis(plan.u64(..50))).await;
        let mut reader = app.reader("1", last.as_deref()).await;
        let goal = plan.usize(1..150);
        let has_enough = |reader: &Reader| {
            reader.status() == Some(204) || data(&whole(&reader.body)).len() >= goal
        };
        while !has_enough(&reader) && reader.read(4096).await.unwrap_or(false) {}
        if reader.status() == Some(204) {
            return all;
        }
        let body = whole(&reader.body);
        all.extend(data(&body));
        last = last_id(&body).or(last);
    }
}

/// Returns the events that a browser would have dispatched: one that is incomplete doesn't count.
fn whole(body: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(body).expect("text");
    let end = text.rfind("\n\n").map_or(0, |at| at + 2);
    body[..end].to_vec()
}
