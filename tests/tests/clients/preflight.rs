//! What Chromium asks a server of another origin before it sends `Last-Event-ID`.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use serde_json::{Value, json};
use sse_runtime::{Event, EventStream};
use tests::browser::{Client, start_browser};
use tests::deadline::DEADLINE;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Duration, timeout};

#[derive(Clone)]
struct Settings {
    asked: UnboundedSender<String>,
    allows_the_header: bool,
}

/// A request, as a test names it: its method, and the headers that matter.
fn name(method: &Method, headers: &HeaderMap) -> String {
    let value = |name| headers.get(name).map(|value| value.to_str().expect("ASCII"));
    match (value("access-control-request-headers"), value("last-event-id")) {
        (Some(headers), _) => format!("{method} may I send {headers}?"),
        (_, Some(id)) => format!("{method} from {id}"),
        _ => method.to_string(),
    }
}

async fn answer(State(settings): State<Settings>, method: Method, headers: HeaderMap) -> Response {
    _ = settings.asked.send(name(&method, &headers));
    let origin = [("access-control-allow-origin", "*")];
    let allowed =
        settings.allows_the_header.then_some([("access-control-allow-headers", "last-event-id")]);
    if method == Method::OPTIONS {
        return (origin, allowed, ()).into_response();
    }
    let event =
        EventStream! { yield Event::data("a").id(1).with_retry(Duration::from_millis(50)); };
    (origin, event).into_response()
}

async fn serve(allows_the_header: bool) -> (String, UnboundedReceiver<String>) {
    let (asked, requests) = unbounded_channel();
    let app =
        Router::new().route("/", any(answer)).with_state(Settings { asked, allows_the_header });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async { axum::serve(listener, app).await });
    (url, requests)
}

async fn next(requests: &mut UnboundedReceiver<String>) -> String {
    timeout(DEADLINE, requests.recv()).await.expect("it asks").expect("it serves")
}

/// What a `fetch` with the header reads.
async fn fetched(browser: &Client, url: &str) -> Value {
    let script = "const [url, done] = arguments;
        fetch(url, { headers: { 'Last-Event-ID': '1' } })
            .then(response => response.text()).then(done, error => done(error.name));";
    browser.execute_async(script, vec![json!(url)]).await.expect("it runs")
}

#[tokio::test]
async fn fetch_asks_before_it_sends_the_last_event_id_and_event_source_does_not() {
    let Some((_driver, browser)) = start_browser("the test of preflights").await else { return };
    let (page, _) = serve(false).await;
    browser.goto(&page).await.expect("it loads");

    let (url, mut requests) = serve(false).await;
    browser
        .execute("window.source = new EventSource(arguments[0])", vec![json!(url)])
        .await
        .expect("it runs");
    assert_eq!(next(&mut requests).await, "GET");
    assert_eq!(next(&mut requests).await, "GET from 1");
    assert_eq!(next(&mut requests).await, "GET from 1");
    browser.execute("window.source.close()", vec![]).await.expect("it runs");

    let (url, mut requests) = serve(false).await;
    assert_eq!(fetched(&browser, &url).await, "TypeError");
    assert_eq!(next(&mut requests).await, "OPTIONS may I send last-event-id?");
    assert!(requests.is_empty(), "it goes no further");

    let (url, mut requests) = serve(true).await;
    assert!(fetched(&browser, &url).await.as_str().expect("text").contains("data: a\n"));
    assert_eq!(next(&mut requests).await, "OPTIONS may I send last-event-id?");
    assert_eq!(next(&mut requests).await, "GET from 1");
    browser.close().await.expect("the browser closes");
}
