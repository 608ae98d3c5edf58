//! Notifications for each user, whose streams end when the user signs out, is thrown out, or the session expires.
//!
//! Shows tags, which end streams wherever they are, a time for the end of a stream, what was missed by whoever was
//! away, who is online, and an announcement that the hub retains for those who come later.
//!
//! ```text
//! cargo run -p hub-examples --bin notifications
//! ```
//!
//! Then open <http://127.0.0.1:8000> in two browsers, or in one and a private window of it. Whoever signs in as `admin` may
//! throw others out. Or try
//!
//! ```text
//! curl -c /tmp/ada http://127.0.0.1:8000/sign-in -d user=Ada -d minutes=10
//! curl -b /tmp/ada -N http://127.0.0.1:8000/notifications
//! curl -b /tmp/ada http://127.0.0.1:8000/notify -d to=Ada -d text=Hello
//! curl -b /tmp/ada http://127.0.0.1:8000/online
//! ```

mod sessions;

use std::io;

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Form, Json, Router};
use examples::{listen, overdue, page};
use serde::Deserialize;
use sse_hub::{Hub, PublishError, Start};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::select;
use tokio::signal::ctrl_c;
use tokio::time::Duration;
use tokio_util::sync::CancellationToken;

use sessions::{Session, Sessions};

#[derive(Clone)]
struct App {
    hub: Hub,
    sessions: Sessions,
}

/// The session that the request's cookie names, if it has one that is valid.
impl FromRequestParts<App> for Session {
    /// An `EventSource` that receives it stays away.
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, StatusCode> {
        let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookies = cookies.flat_map(|value| value.split("; "));
        let mut ids = cookies.filter_map(|cookie| cookie.strip_prefix("session="));
        ids.find_map(|id| app.sessions.find(id)).ok_or(StatusCode::NO_CONTENT)
    }
}

async fn notifications(
    session: Session,
    State(app): State<App>,
    last: Option<LastEventId>,
) -> Result<EventStream![], StatusCode> {
    let Session { id, user, expires } = session;
    let events = app.hub.subscribe([inbox(&user).as_str(), "announcements"]);
    let events = events.tag(format!("user:{user}")).tag(format!("session:{id}"));
    // Once more: who is thrown out from now on has the tags, and who was before this has no session.
    if app.sessions.find(&id).is_none() {
        return Err(StatusCode::NO_CONTENT);
    }
    let soon = Event::empty().event("opening").with_retry(Duration::from_millis(500));
    let events = events.announce_event(soon).until(expires, bye("Your session has expired."));
    Ok(EventStream::from(events.start(Start::Last(50)).resume(last)))
}

fn inbox(user: &str) -> String {
    format!("inbox:{user}")
}

/// Returns the last event of a stream. The page doesn't come back after it.
fn bye(why: &'static str) -> Event {
    Event::data(why).event("bye")
}

#[derive(Deserialize)]
struct SignIn {
    user: String,
    minutes: f64,
}

async fn sign_in(State(app): State<App>, Form(SignIn { user, minutes }): Form<SignIn>) -> Response {
    if user.is_empty() || user.len() > 40 {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let lasts = Duration::from_secs_f64(minutes.clamp(0.01, 60.0) * 60.0);
    let session = app.sessions.begin(user, lasts);
    let cookie = format!("session={}; HttpOnly; SameSite=Strict; Path=/", session.id);
    (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response()
}

/// Ends the streams of this session, in all of its tabs.
async fn sign_out(session: Session, State(app): State<App>) -> Result<StatusCode, Refused> {
    // First, so that no stream can begin that the end doesn't reach.
    app.sessions.end(&session.id);
    app.hub.end(&format!("session:{}", session.id), bye("You have signed out.")).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Kick {
    user: String,
}

/// Ends all streams of a user, in whichever session.
async fn kick(
    administrator: Session,
    State(app): State<App>,
    Form(Kick { user }): Form<Kick>,
) -> Result<StatusCode, Refused> {
    if administrator.user != "admin" {
        return Ok(StatusCode::FORBIDDEN);
    }
    app.sessions.end_all_of(&user);
    app.hub.end(&format!("user:{user}"), bye("You have been thrown out.")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has a page open, at this server.
async fn online(_session: Session, State(app): State<App>) -> Json<Vec<String>> {
    let mut users = app.sessions.users();
    users.retain(|user| app.hub.subscribers(&inbox(user)) > 0);
    Json(users)
}

#[derive(Deserialize)]
struct Notify {
    to: String,
    text: String,
}

async fn notify(
    _session: Session,
    State(app): State<App>,
    Form(Notify { to, text }): Form<Notify>,
) -> Result<StatusCode, Refused> {
    app.hub.publish(inbox(&to), Event::data(text)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Announce {
    text: String,
}

/// Tells everyone, also those who sign in later.
async fn announce(
    State(app): State<App>,
    Form(Announce { text }): Form<Announce>,
) -> Result<StatusCode, Refused> {
    app.hub.retain("announcements", Event::data(text).event("announcement")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers that the hub refused an event. The hub is in memory, so the request was at fault.
struct Refused(PublishError);

impl From<PublishError> for Refused {
    fn from(error: PublishError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.0.to_string()).into_response()
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    // What was missed for longer than this is gone.
    let hub = Hub::builder().replay(Duration::from_hours(24), 64 * 1024 * 1024).build();
    let app = App { hub: hub.clone(), sessions: Sessions::default() };
    let router = Router::new()
        .route("/", get(Html(page!("notifications.html"))))
        .route("/notifications", get(notifications))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/kick", post(kick))
        .route("/online", get(online))
        .route("/notify", post(notify))
        .route("/announce", post(announce))
        .with_state(app);
    // Without this, the kernel may hold back a small event that follows another.
    let listener = TcpListener::from_std(listen())?.tap_io(|socket| _ = socket.set_nodelay(true));
    let closed = CancellationToken::new();
    let overdue = overdue(closed.clone());
    let signal = async move {
        _ = ctrl_c().await;
        hub.close(Duration::from_secs(1)).await;
        closed.cancel();
    };
    select! {
        result = axum::serve(listener, router).with_graceful_shutdown(signal).into_future() => result,
        () = overdue => Ok(()),
    }
}
