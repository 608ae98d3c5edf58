//! Tests the messages about types that can't be events.

#![allow(clippy::needless_pass_by_value, reason = "`quote!` makes values")]

use proc_macro2::TokenStream;
use quote::quote;

use super::sse_event;

#[track_caller]
fn says(input: TokenStream, expected: &str) {
    let expanded = sse_event(input).to_string();
    assert_eq!(expanded.matches("compile_error !").count(), 1, "{expanded}");
    assert!(expanded.contains(expected), "{expanded}");
    // Both conversions are implemented, so that their uses aren't errors as well.
    assert!(expanded.contains(":: From < A > for") && expanded.contains("TryFrom <"), "{expanded}");
}

#[test]
fn each_mistake_in_a_type_is_one_message() {
    says(quote!(union A { a: u8 }), "a union can't be an event");
    says(
        quote!(
            enum A {}
        ),
        "an enum without variants can't be an event",
    );
    says(
        quote!(
            #[sse(name = "a")]
            enum A {
                B,
            }
        ),
        "an enum isn't one event: give names to its variants",
    );
    says(
        quote!(
            enum A {
                B,
                #[sse(name = "b")]
                C,
            }
        ),
        "another variant is already named `b`",
    );
    says(
        quote!(
            enum A {
                B(u8, u8),
            }
        ),
        "a variant holds one value or none",
    );
    says(
        quote!(
            enum A {
                B { b: u8 },
            }
        ),
        "a variant holds one value or none",
    );
    says(
        quote!(
            enum A {
                #[sse(crate = "b")]
                B,
            }
        ),
        "`crate` is for the whole enum",
    );
    says(
        quote!(
            enum A {
                Error,
            }
        ),
        "an event named `error` fires `onerror`",
    );
    says(
        quote!(
            #[sse(name = "")]
            struct A;
        ),
        "the name of an event can't be empty",
    );
    says(
        quote!(
            #[sse(name = "a\nb")]
            struct A;
        ),
        "the name of an event can't have line breaks",
    );
    says(
        quote!(
            #[sse(name = "a\rb")]
            struct A;
        ),
        "the name of an event can't have line breaks",
    );
    says(
        quote!(
            #[sse(named = "a")]
            struct A;
        ),
        "expected `name = \\\"…\\\"`",
    );
}

#[test]
fn a_setting_is_given_once_and_not_for_a_field() {
    says(
        quote!(
            struct A {
                #[sse(name = "b")]
                b: u8,
            }
        ),
        "`#[sse(…)]` isn't for a field",
    );
    says(
        quote!(
            struct A(#[sse] u8);
        ),
        "`#[sse(…)]` isn't for a field",
    );
    says(
        quote!(
            enum A {
                B(#[sse(nonsense)] u8),
            }
        ),
        "`#[sse(…)]` isn't for a field",
    );
    says(
        quote!(
            #[sse(name = "a", name = "b")]
            struct A;
        ),
        "this is given twice",
    );
    says(
        quote!(
            enum A {
                #[sse(name = "a")]
                #[sse(name = "b")]
                B,
            }
        ),
        "this is given twice",
    );
    says(
        quote!(
            #[sse(crate = "a", crate = "b")]
            struct A;
        ),
        "this is given twice",
    );
}

#[test]
fn the_name_of_an_event_is_that_of_its_type_in_words_joined_by_hyphens() {
    let rows = [
        ("Price", "price"),
        ("PriceChanged", "price-changed"),
        ("HTTPError", "http-error"),
        ("LoadedHTML", "loaded-html"),
        ("Utf8Text", "utf8-text"),
        ("Version2", "version2"),
        ("V2Text", "v2-text"),
        ("Snake_Case", "snake-case"),
        ("r#Match", "match"),
        ("ÄußerstGut", "äußerst-gut"),
    ];
    for (ident, name) in rows {
        let ident = syn::parse_str::<syn::Ident>(ident).unwrap();
        let expanded = sse_event(quote!(struct #ident;)).to_string();
        assert!(expanded.contains(&format!("{name:?}")), "{name}: {expanded}");
    }
}
