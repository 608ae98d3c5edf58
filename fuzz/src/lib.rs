//! Fuzz targets, as tests: `events`, `hub`, `macro_input` and `reader`.
#![cfg(test)]

mod choices;
mod edits;
mod events;
mod flat;
mod hub;
mod macro_input;
mod oracle;
mod reader;
mod script;

// Not by a dependency on `tests`, and so on every framework.
#[path = "../../tests/src/arbitrary.rs"]
#[allow(dead_code, unreachable_pub, reason = "public there")]
mod arbitrary;
#[path = "../../tests/src/reading.rs"]
#[allow(dead_code, unreachable_pub, reason = "public there")]
mod reading;
#[path = "../../tests/src/reference.rs"]
#[allow(dead_code, unreachable_pub, reason = "public there")]
mod reference;

// The macro itself can't be called from outside of a compiler.
#[path = "../../sse-macros/src/check.rs"]
mod check;
#[path = "../../sse-macros/src/expand.rs"]
mod expand;
#[path = "../../sse-macros/src/input.rs"]
mod input;
#[path = "../../sse-macros/src/lower.rs"]
mod lower;
#[path = "../../sse-macros/src/place.rs"]
mod place;
#[path = "../../sse-macros/src/tail.rs"]
mod tail;
#[path = "../../sse-macros/src/tokens.rs"]
mod tokens;
