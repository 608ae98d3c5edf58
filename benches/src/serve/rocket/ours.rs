//! Ours.

use rocket::{Route, get, routes};
use sse_runtime::{BoxEventStream, EventStream};

use crate::serve::{ours, topic};

pub(super) fn routes() -> Vec<Route> {
    routes![burst, endless, fan_out, hub, idle, latency]
}

#[get("/burst/<kind>/<count>")]
fn burst(kind: usize, count: usize) -> EventStream![] {
    ours::burst(kind, count)
}

#[get("/endless/<size>")]
fn endless(size: usize) -> EventStream![] {
    ours::endless(size)
}

#[get("/fan-out")]
fn fan_out() -> EventStream![] {
    ours::fan_out(topic::subscribe())
}

#[get("/hub")]
fn hub() -> BoxEventStream<'static> {
    ours::hub()
}

#[get("/idle")]
fn idle() -> EventStream![] {
    ours::idle()
}

#[get("/latency/<count>")]
fn latency(count: usize) -> EventStream![] {
    ours::latency(count)
}
