//! Ours.

#[path = "routes.rs"]
mod same;

use rocket::{Route, get, routes};
use sse_runtime::{BoxEventStream, EventStream};

use crate::serve::ours as blocks;

pub(super) fn routes() -> Vec<Route> {
    [same::routes(), routes![hub]].concat()
}

#[get("/hub")]
fn hub() -> BoxEventStream<'static> {
    blocks::hub()
}
