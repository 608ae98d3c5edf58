//! The procedural macro of [`sse-runtime`](https://docs.rs/sse-runtime): use that crate,
//! which re-exports it as `EventStream!`.
//!
//! It works in stages, a file each: `input` tells a type from a block and parses it, `tail`
//! sees what a block ends with, `lower` rewrites its own syntax into Rust, `tokens` does so
//! where there are tokens alone, by the rules of `check`, and `expand` puts the result
//! together. `place` decides where messages point to.

#![forbid(unsafe_code)]

mod check;
mod derive;
mod expand;
mod input;
mod lower;
mod place;
mod tail;
mod tokens;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::place::{Place, Runtime};

/// The implementation of `sse_runtime::EventStream!`, which passes its `$crate` as the
/// first token.
#[proc_macro]
pub fn event_stream(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    event_stream2(input.into()).into()
}

/// The implementation of `#[derive(sse_runtime::SseEvent)]`, in `derive`.
#[proc_macro_derive(SseEvent, attributes(sse))]
pub fn sse_event(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::sse_event(input.into()).into()
}

fn event_stream2(input: TokenStream) -> TokenStream {
    let (krate, input) = input::split(input);
    let place = Place::of(input.clone());
    expand::expand(&Runtime(krate), input::parse(input), place)
}
