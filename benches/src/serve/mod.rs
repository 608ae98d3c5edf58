//! The servers: each answers the same paths.
//!
//! | path | answer |
//! |---|---|
//! | `/burst/<kind>/<count>` | that many events, at once |
//! | `/fan-out` | what is published from now on |
//! | `/hub` | the same, from [another source](topic::HUB) |
//! | `/publish/<count>` | `ok`, when that many events are published |
//! | `/endless/<size>` | events of that many bytes without end, as fast as they are read |
//! | `/ping` | `ok`, at once |
//! | `/idle` | one event, then silence |
//! | `/latency/<count>` | an event each millisecond, with the time it was made |

mod actix_web;
mod actix_web_lab;
mod axum;
mod floor;
mod hyper;
mod ours;
mod rocket;
mod source;
pub mod topic;

use std::future::Future;
use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;

use crate::Result;

const ADDRESS: (&str, u16) = ("127.0.0.1", 0);

/// How long a stream is quiet before each of the libraries gives a sign of life.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// What a page answers.
const OK: &str = "ok";

/// Runs the server of this name, until standard input ends.
pub fn serve(name: &str) -> Result {
    std::thread::spawn(exit_with_parent);
    match name {
        "rocket-ours" => block_on(rocket::serve(rocket::ours())),
        "rocket-own" => block_on(rocket::serve(rocket::own())),
        "rocket-floor" => block_on(rocket::serve(rocket::floor())),
        "axum-ours" => block_on(axum::serve(axum::ours())),
        "axum-own" => block_on(axum::serve(axum::own())),
        "hyper-ours" => block_on(hyper::serve(hyper::ours)),
        "hyper-floor" => block_on(hyper::serve(hyper::floor)),
        "actix-web-ours" => actix_web::serve(actix_web::routes),
        "actix-web-lab" => actix_web::serve(actix_web_lab::routes),
        _ => Err(format!("no server {name}").into()),
    }
}

fn block_on(server: impl Future<Output = Result>) -> Result {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(server)
}

fn exit_with_parent() {
    _ = std::io::stdin().read(&mut [0]);
    std::process::exit(0);
}

/// Tells the parent.
fn listening(address: SocketAddr) {
    println!("{}", address.port());
}
