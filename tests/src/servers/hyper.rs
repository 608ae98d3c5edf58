use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::HeaderValue;
use http::{Method, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use sse_runtime::{AcceptEncoding, Error, Event, EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::select;
use tokio::task::JoinHandle;

use super::streams::{Answer, World, answer};
use super::{CACHE, PAGE};

type Body = UnsyncBoxBody<Bytes, Error>;

fn respond(world: &World, request: &Request<Incoming>) -> Response<Body> {
    let shutdown = world.shutdown.clone().cancelled_owned();
    let last = LastEventId::from_parts(request.headers(), request.uri());
    let accepted = AcceptEncoding::from_headers(request.headers());
    match request.uri().path() {
        "/id/required" => match last {
            Some(id) => text(StatusCode::OK, id.to_string()),
            None => text(StatusCode::BAD_REQUEST, String::new()),
        },
        "/overridden" => {
            let response = EventStream! { yield Event::data("a") }.into_http_response();
            let mut response = response.map(BodyExt::boxed_unsync);
            response.headers_mut().insert(CACHE.0, HeaderValue::from_static(CACHE.1));
            response
        }
        "/id/page" => text(StatusCode::OK, PAGE.to_owned()),
        path => match answer(&path[1..], world, last, accepted) {
            Answer::Events(events) => events
                .with_graceful_shutdown(shutdown)
                .into_http_response()
                .map(BodyExt::boxed_unsync),
            Answer::Fallible(events) => events
                .with_graceful_shutdown(shutdown)
                .into_http_response()
                .map(BodyExt::boxed_unsync),
            Answer::Refused(status) => {
                text(StatusCode::from_u16(status).expect("a status"), String::new())
            }
        },
    }
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let body = text.map_err(|never| match never {}).boxed_unsync();
    let response = Response::builder().status(status).header("content-type", "text/html");
    response.body(body).expect("a response")
}

/// hyper itself sends what it is given, also to a `HEAD`.
fn without_body(response: Response<Body>) -> Response<Body> {
    response.map(|_| Empty::new().map_err(|never| match never {}).boxed_unsync())
}

pub(super) async fn start(world: World) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (address, tokio::spawn(serve(listener, world)))
}

async fn serve(listener: TcpListener, world: World) {
    let graceful = GracefulShutdown::new();
    loop {
        let (socket, _) = select! {
            accepted = listener.accept() => accepted.expect("a connection"),
            () = world.shutdown.cancelled() => break,
        };
        let world = world.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let response = respond(&world, &request);
            let head = request.method() == Method::HEAD;
            let response = if head { without_body(response) } else { response };
            async { Ok::<_, Infallible>(response) }
        });
        let builder = Builder::new(TokioExecutor::new());
        let connection = builder.serve_connection(TokioIo::new(socket), service).into_owned();
        tokio::spawn(graceful.watch(connection));
    }
    drop(listener);
    graceful.shutdown().await;
}
