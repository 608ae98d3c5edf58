//! Old versions of npm's packages ignore an ID without data. A stream can open with an event that they don't.

use std::path::Path;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use sse_runtime::{Event, EventStream};
use tests::client_program::node;
use tests::deadline::DEADLINE;
use tests::process::{Program, output};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Duration, timeout};

fn client(which: &str, url: &str) -> Option<Command> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/node/open_with_old_ones.cjs");
    let mut client = node("the test of old clients from npm", &script)?;
    client.arg(which).arg(url);
    Some(client)
}

/// What clients come with.
type Comes = UnboundedSender<Option<String>>;

/// Each stream opens, and ends before its first event.
async fn serve(opening: Event) -> (String, UnboundedReceiver<Option<String>>) {
    let (comes, came) = unbounded_channel();
    let answer = move |State((opening, comes)): State<(Event, Comes)>, headers: HeaderMap| async move {
        let last = headers.get("last-event-id").map(|id| id.to_str().expect("ASCII").to_owned());
        comes.send(last).expect("the test listens");
        EventStream! { yield opening; }
    };
    let app = Router::new().route("/", get(answer)).with_state((opening, comes));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async { axum::serve(listener, app).await });
    (url, came)
}

/// The openings of a hub, with and without `announce_event`, and whether these clients take the ID.
fn openings() -> [(Event, bool); 2] {
    let with_data = Event::empty().event("opening").with_retry(Duration::from_millis(50)).id("7");
    [(with_data, true), (Event::id_only("7"), false)]
}

async fn comes_back_with_the_id_of_an_opening_that_has_data(package: &str) {
    for (opening, is_known) in openings() {
        let (url, mut came) = serve(opening).await;
        let Some(mut client) = client(package, &url) else { return };
        let _client = Program::start(&mut client).expect("it starts");
        assert_eq!(came.recv().await, Some(None));
        let last = timeout(DEADLINE, came.recv()).await.expect("it comes back");
        assert_eq!(last, Some(is_known.then(|| "7".to_owned())));
    }
}

#[tokio::test]
async fn eventsource_4_comes_back_with_the_id_of_an_opening_that_has_data() {
    comes_back_with_the_id_of_an_opening_that_has_data("eventsource-4").await;
}

#[tokio::test]
async fn eventsource_5_1_0_comes_back_with_the_id_of_an_opening_that_has_data() {
    comes_back_with_the_id_of_an_opening_that_has_data("eventsource-5.1.0").await;
}

#[tokio::test]
async fn eventsource_parser_3_reports_an_opening_that_has_data() {
    for (opening, is_known) in openings() {
        let (url, _came) = serve(opening).await;
        let Some(mut client) = client("eventsource-parser-3", &url) else { return };
        let output = output(&mut client).await.expect("it runs");
        let read: Vec<String> = serde_json::from_slice(&output.stdout).expect("JSON");
        let expected: Vec<_> = is_known.then(|| "7".to_owned()).into_iter().collect();
        assert_eq!(read, expected);
    }
}
