//! The stream of `lib.rs` in actix-web.
//!
//! ```text
//! cargo run -p examples --bin actix
//! curl -N http://127.0.0.1:8000/events
//! ```
//!
//! At ctrl-c actix-web waits for its connections for as long as `shutdown_timeout` says, and
//! then cuts them off. With the signal, streams end before that, between two events.

use std::io;

use actix_web::rt::{signal::ctrl_c, spawn};
use actix_web::web::{Data, Html};
use actix_web::{App, HttpServer, Responder, get};
use examples::{GRACE, count, counting_page, listen};
use sse_runtime::LastEventId;
use tokio_util::sync::CancellationToken;

#[get("/events")]
async fn events(shutdown: Data<CancellationToken>, last: Option<LastEventId>) -> impl Responder {
    count(last).with_graceful_shutdown(shutdown.get_ref().clone().cancelled_owned())
}

#[get("/")]
async fn page() -> Html {
    Html::new(counting_page())
}

#[actix_web::main]
async fn main() -> io::Result<()> {
    let shutdown = CancellationToken::new();
    let app_shutdown = Data::new(shutdown.clone());
    let app = move || App::new().app_data(app_shutdown.clone()).service(page).service(events);
    let server = HttpServer::new(app)
        .disable_signals()
        .shutdown_timeout(GRACE.as_secs())
        // Without this, the kernel may hold back a small event that follows another.
        .tcp_nodelay(true)
        .listen(listen())?
        .run();
    let handle = server.handle();
    spawn(async move {
        _ = ctrl_c().await;
        shutdown.cancel();
        handle.stop(true).await;
    });
    server.await
}
