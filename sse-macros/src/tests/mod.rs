//! Tests the expansion as tokens. What it does when it is compiled is tested in the package `tests`.
#![allow(clippy::needless_pass_by_value, reason = "`quote!` makes values")]

mod expansion;
mod mistakes;
mod reading;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::{event_stream2, spans};

fn expands(input: TokenStream, expected: TokenStream) {
    assert_eq!(expanded(&input), expected.to_string());
}

/// Returns the expansion, with the runtime's module for expansions named `private`, as in no release.
fn expanded(input: &TokenStream) -> String {
    let module = spans::private(Span::call_site()).to_string();
    event_stream2(quote!(krate #input)).to_string().replace(&module, "private")
}

/// Returns the expansion of a block without `?`.
fn block(value: TokenStream) -> TokenStream {
    let stream = quote!(krate::private::BlockOutput::stream(__sse_block));
    let decided = quote!(krate::private::Block(&__sse_block).unit_if_undecided(););
    whole(value, quote!(), quote!(#decided let __sse_stream = #stream;))
}

fn fallible(value: TokenStream, stream: TokenStream) -> TokenStream {
    let result = quote!(::<krate::private::Result<(), _>>);
    whole(value, result, quote!(let __sse_stream = krate::private::#stream(__sse_block);))
}

fn whole(value: TokenStream, output: TokenStream, stream: TokenStream) -> TokenStream {
    let end = end(quote!({ { #value } }), output);
    quote! {{
        use krate::private::Fallback as _;
        let __sse_block = async move { #end };
        #stream
        __sse_stream
    }}
}

fn end(value: TokenStream, output: TokenStream) -> TokenStream {
    quote! {
        let __sse_end = if true #value else { krate::private::unreachable_value() };
        krate::private::TailValue(&__sse_end).unit_if_undecided();
        krate::private::BlockEnd #output::end(|| __sse_end)
    }
}

fn sent(event: TokenStream) -> TokenStream {
    quote! {
        match () { () => {
            let __sse_event: krate::Event = #event;
            krate::private::send(__sse_event).await;
        } }
    }
}

fn errors(block: &TokenStream) -> (usize, String) {
    let expanded = expanded(block);
    (expanded.matches("compile_error !").count(), expanded)
}

/// Returns the macro's own messages about a block, in order.
fn messages(block: &TokenStream) -> Vec<String> {
    let (_, expanded) = errors(block);
    let messages = expanded.split("compile_error !").skip(1);
    messages.map(|rest| rest.split('"').nth(1).expect("a message").to_owned()).collect()
}
