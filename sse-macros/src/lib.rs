//! The procedural macro of [`sse-runtime`](https://docs.rs/sse-runtime): use that crate,
//! which re-exports it as `EventStream!`.
//!
//! It works in stages, a file each: `input` tells a type from a block and parses it; `statements`
//! finds the block's own syntax in it, and `tokens` does so where there are tokens alone; `lowering`
//! and `end` make Rust of what they find; and `expand` puts the result together. `rules` says what
//! is allowed where, and `spans` where messages point to.

#![forbid(unsafe_code)]

mod cursor;
mod derive;
mod end;
mod expand;
mod for_await;
mod input;
mod lowering;
mod rules;
mod spans;
mod statements;
mod tokens;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::spans::{Runtime, Spans};

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
    let spans = Spans::of(input.clone());
    expand::expand(&Runtime(krate), input::parse(input), spans)
}
