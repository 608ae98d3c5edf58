//! Fuzz targets, as tests: `events`, `hub`, `macro_input`, `reader` and `runs`.
#![cfg(test)]

mod choices;
mod edits;
mod events;
mod flat;
mod hub;
mod macro_input;
mod oracle;
mod programs;
mod reader;
mod runs;
mod script;

// Included instead of depending on `tests`, and so on every framework.
#[path = "../../tests/src/arbitrary.rs"]
#[allow(dead_code, unreachable_pub, reason = "public there")]
mod arbitrary;
#[path = "../../tests/src/reading.rs"]
#[allow(dead_code, unreachable_pub, reason = "public there")]
mod reading;
#[path = "../../tests/src/reference.rs"]
#[allow(dead_code, unreachable_pub, reason = "public there")]
mod reference;

// The macro itself can't be called outside of a compiler.
#[path = "../../sse-macros/src/attribute.rs"]
mod attribute;
#[path = "../../sse-macros/src/cursor.rs"]
mod cursor;
#[path = "../../sse-macros/src/end.rs"]
mod end;
#[path = "../../sse-macros/src/expand.rs"]
mod expand;
#[path = "../../sse-macros/src/extent.rs"]
mod extent;
#[path = "../../sse-macros/src/fallibility.rs"]
mod fallibility;
#[path = "../../sse-macros/src/for_await.rs"]
mod for_await;
#[path = "../../sse-macros/src/input.rs"]
mod input;
#[path = "../../sse-macros/src/lowering.rs"]
mod lowering;
#[path = "../../sse-macros/src/place.rs"]
mod place;
#[path = "../../sse-macros/src/rules.rs"]
mod rules;
#[path = "../../sse-macros/src/spans.rs"]
mod spans;
#[path = "../../sse-macros/src/syntax.rs"]
mod syntax;
#[path = "../../sse-macros/src/tail.rs"]
mod tail;
