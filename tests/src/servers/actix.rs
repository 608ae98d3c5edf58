use std::net::SocketAddr;
use std::thread;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Html, Path, get, route};
use actix_web::{App, Either, HttpResponse, HttpServer, Responder};
use sse_runtime::{AcceptEncoding, Event, EventStream, LastEventId};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::streams::{Answer, World, answer};
use super::{CACHE, PAGE};

const WORKERS: usize = 2;

async fn stream(
    name: Path<String>,
    world: Data<World>,
    last: Option<LastEventId>,
    accepted: AcceptEncoding,
) -> Either<impl Responder, Either<impl Responder, HttpResponse>> {
    let shutdown = world.shutdown.clone().cancelled_owned();
    match answer(&name, &world, last, accepted) {
        Answer::Events(events) => Either::Left(events.with_graceful_shutdown(shutdown)),
        Answer::Fallible(events) => {
            Either::Right(Either::Left(events.with_graceful_shutdown(shutdown)))
        }
        Answer::Refused(status) => {
            let status = StatusCode::from_u16(status).expect("a status");
            Either::Right(Either::Right(HttpResponse::new(status)))
        }
    }
}

async fn required(last: LastEventId) -> String {
    last.to_string()
}

async fn overridden() -> impl Responder {
    let events = EventStream! { yield Event::data("a") };
    events.customize().insert_header(CACHE)
}

/// On a thread of its own, since actix-web has a runtime of its own.
pub(super) async fn start(world: World) -> (SocketAddr, JoinHandle<()>) {
    let (started, address) = oneshot::channel();
    let (stopped, running) = oneshot::channel();
    let (up, mut workers) = mpsc::unbounded_channel();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let shutdown = world.shutdown.clone();
            let app = move || {
                _ = up.send(());
                App::new()
                    .app_data(Data::new(world.clone()))
                    .route("/id/required", get().to(required))
                    .route("/overridden", get().to(overridden))
                    .route("/id/page", get().to(async || Html::new(PAGE)))
                    .route("/{name}", route().to(stream))
            };
            let server =
                HttpServer::new(app).workers(WORKERS).shutdown_timeout(30).disable_signals();
            let server = server.bind_auto_h2c("127.0.0.1:0").expect("a port");
            let address = server.addrs()[0];
            let server = server.run();
            let handle = server.handle();
            actix_web::rt::spawn(async move {
                for _ in 0..WORKERS {
                    workers.recv().await;
                }
                started.send(address).expect("someone waits");
                shutdown.cancelled().await;
                handle.stop(true).await;
            });
            server.await.expect("it runs");
        });
        _ = stopped.send(());
    });
    let address = address.await.expect("it starts");
    (address, tokio::spawn(async { running.await.expect("the server does not panic") }))
}
