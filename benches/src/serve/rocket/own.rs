//! Rocket's own.

#[path = "../blocks.rs"]
mod blocks;
#[path = "routes.rs"]
mod same;

use rocket::response::stream::{Event, EventStream};

pub(super) use same::routes;

fn uncopied(text: &'static str) -> &'static str {
    text
}
