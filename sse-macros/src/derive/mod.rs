//! `#[derive(SseEvent)]`, which converts a type into events and back.

mod expand;
mod input;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::DeriveInput;

pub(crate) fn sse_event(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let (krate, kinds) = input::read(&input);
    match kinds {
        Ok(kinds) => expand::impls(&input, &krate, &kinds),
        Err(error) => {
            let stub = expand::stub(&input, &krate);
            let error = error.into_compile_error();
            quote::quote!(#error #stub)
        }
    }
}
