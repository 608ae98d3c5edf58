//! The procedural macro of [`sse-runtime`](https://docs.rs/sse-runtime): use that crate,
//! which re-exports it as `EventStream!`.
//!
//! It works in stages, a file each: `input` tells a type from a block; `syntax` finds the block's own
//! syntax in its tokens; `lowering` and `end` translate it into Rust; and `expand` puts the result
//! together. `place` tells `syntax` what comes before a token, and `extent` where an expression or an
//! item ends. `rules` says what is allowed where, `fallibility` whether the block can fail, and `spans`
//! and `tail` where messages point.

#![forbid(unsafe_code)]

mod attribute;
mod cursor;
mod derive;
mod end;
mod expand;
mod extent;
mod fallibility;
mod for_await;
mod input;
mod lowering;
mod place;
mod rules;
mod spans;
mod syntax;
mod tail;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::spans::{CratePath, Spans};

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
    expand::expand(&CratePath(krate), input::parse(input), spans)
}
