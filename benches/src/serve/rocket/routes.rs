//! The routes of ours and of Rocket's own.

use rocket::{Route, get, routes};

use super::{EventStream, blocks};
use crate::serve::topic;

pub(crate) fn routes() -> Vec<Route> {
    routes![burst, endless, fan_out, idle, latency]
}

#[get("/burst/<kind>/<count>")]
fn burst(kind: usize, count: usize) -> EventStream![] {
    blocks::burst(kind, count)
}

#[get("/endless/<size>")]
fn endless(size: usize) -> EventStream![] {
    blocks::endless(size)
}

#[get("/fan-out")]
fn fan_out() -> EventStream![] {
    blocks::fan_out(topic::subscribe())
}

#[get("/idle")]
fn idle() -> EventStream![] {
    blocks::idle()
}

#[get("/latency/<count>")]
fn latency(count: usize) -> EventStream![] {
    blocks::latency(count)
}
