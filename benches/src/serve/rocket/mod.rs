//! Rocket 0.5: ours, its own, and the floor.

mod floor;
mod ours;
mod own;

use std::net::SocketAddr;

use rocket::config::{Config, LogLevel, Shutdown};
use rocket::fairing::AdHoc;
use rocket::{Build, Rocket, get, routes};

use super::{ADDRESS, OK, listening, topic};
use crate::Result;

pub(super) async fn serve(rocket: Rocket<Build>) -> Result {
    let config = Config {
        port: ADDRESS.1,
        workers: 1,
        log_level: LogLevel::Off,
        shutdown: Shutdown { ctrlc: false, ..Shutdown::default() },
        ..Config::release_default()
    };
    let liftoff = AdHoc::on_liftoff("port", |rocket| {
        Box::pin(async {
            let config = rocket.config();
            listening(SocketAddr::new(config.address, config.port));
        })
    });
    rocket.configure(config).attach(liftoff).mount("/", routes![ping, publish]).launch().await?;
    Ok(())
}

#[get("/ping")]
fn ping() -> &'static str {
    OK
}

#[get("/publish/<count>")]
fn publish(count: usize) -> &'static str {
    topic::publish(count)
}

pub(super) fn ours() -> Rocket<Build> {
    rocket::build().mount("/", ours::routes())
}

pub(super) fn own() -> Rocket<Build> {
    rocket::build().mount("/", own::routes())
}

pub(super) fn floor() -> Rocket<Build> {
    rocket::build().mount("/", floor::routes())
}
