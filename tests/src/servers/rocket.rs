#![allow(clippy::needless_pass_by_value, reason = "guards come by value")]

use std::net::SocketAddr;

use rocket::http::{Header, Status};
use rocket::response::Responder;
use rocket::response::content::RawHtml;
use rocket::{State, get, post, routes};
use sse_runtime::{AcceptEncoding, BoxEventStream, Event, EventStream, LastEventId};
use tokio::task::JoinHandle;

use super::streams::{Answer, Broken, World, answer};
use super::{CACHE, PAGE};
use crate::rocket_server;

#[derive(Responder)]
enum Streams {
    Events(BoxEventStream<'static>),
    Fallible(BoxEventStream<'static, Result<Event, Broken>>),
}

#[get("/<name>")]
fn get_stream(
    name: &str,
    world: &State<World>,
    last: Option<LastEventId>,
    accepted: AcceptEncoding,
) -> Result<Streams, Status> {
    match answer(name, world, last, accepted) {
        Answer::Events(events) => Ok(Streams::Events(events)),
        Answer::Fallible(events) => Ok(Streams::Fallible(events)),
        Answer::Refused(status) => Err(Status::new(status)),
    }
}

#[post("/<name>", data = "<_body>")]
fn post_stream(name: &str, world: &State<World>, _body: Vec<u8>) -> Result<Streams, Status> {
    get_stream(name, world, None, AcceptEncoding::default())
}

#[get("/id/required")]
fn required(last: LastEventId) -> String {
    last.to_string()
}

#[derive(Responder)]
struct Overridden<S> {
    stream: S,
    cache: Header<'static>,
}

#[get("/overridden")]
fn overridden() -> Overridden<EventStream![]> {
    let cache = Header::new(CACHE.0, CACHE.1);
    Overridden { stream: EventStream! { yield Event::data("a") }, cache }
}

#[get("/id/page")]
fn page() -> RawHtml<&'static str> {
    RawHtml(PAGE)
}

pub(super) async fn start(world: World) -> (SocketAddr, JoinHandle<()>) {
    let routes = routes![get_stream, post_stream, required, overridden, page];
    let rocket = rocket::build().manage(world.clone()).mount("/", routes);
    let server = rocket_server::Server::launch(rocket).await;
    let address = server.address;
    let running = tokio::spawn(async move {
        world.shutdown.cancelled().await;
        server.notify_shutdown();
        server.stopped().await;
    });
    (address, running)
}
