//! Whatever is typed into the macro, it returns tokens, and valid Rust if it was given valid Rust.

use proc_macro2::TokenStream;
use quote::quote;

use crate::choices::Choices;
use crate::edits::edited;
use crate::spans::{CratePath, Spans};
use crate::{expand, input, oracle};

fn expand(input: &TokenStream) -> TokenStream {
    let (krate, input) = input::split(quote!(krate #input));
    let spans = Spans::of(input.clone());
    expand::expand(&CratePath(krate), input::parse(input), spans)
}

#[test]
fn any_input_becomes_tokens_and_rust_becomes_rust() {
    bolero::check!().with_max_len(256).for_each(|bytes: &[u8]| {
        let input = edited(&mut Choices::new(bytes));
        let output = expand(&input);
        let text = output.to_string();
        let told = text.contains("compile_error");
        assert!(told || oracle::is_right(input.clone(), output), "from {input}\ninto {text}");
    });
}
