//! Tests that mistakes are reported, and that the rest of a block is still lowered.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use super::{errors, messages, sent};
use crate::rules::{self, Scope};

#[test]
fn a_yield_in_the_pattern_of_a_for_await_is_left_to_the_compiler() {
    let (_, expanded) = errors(&quote!(for await yield x in s {}));
    assert!(expanded.contains("let yield x = __sse_item ;"), "{expanded}");
}

#[test]
fn a_for_await_whose_stream_ends_within_a_macros_argument_is_an_error() {
    let argument = Group::new(Delimiter::None, quote!(() {} () {} () {}));
    let (count, expanded) = errors(&quote!(for await x in s #argument x.));
    assert_eq!(count, 1, "{expanded}");
}

#[test]
fn a_misplaced_yield_is_an_error_at_its_token_and_a_typed_stub() {
    for block in [
        quote!(|| yield a;),
        quote!(async { yield a };),
        quote!(
            fn f() {
                yield a
            }
        ),
        quote!(m!(async move { yield a });),
        quote!(m!(1, |x| yield a);),
        quote!(m!(fn f() { yield a });),
    ] {
        let (count, expanded) = errors(&block);
        assert_eq!(count, 1, "{expanded}");
        assert!(expanded.contains("let _ : krate :: Event = a ;"), "{expanded}");
    }
}

#[test]
fn what_follows_an_unfinished_for_await_is_still_lowered() {
    let sent = sent(quote!(b));
    for (unfinished, left) in [
        (quote!(for await;), quote!(;)),
        (quote!(for await x in;), quote!(;)),
        (quote!(for await x { a() }), quote!({ a() })),
    ] {
        let (count, expanded) = errors(&quote!(#unfinished f(); yield b; x.));
        assert_eq!(count, 1, "{expanded}");
        let expected = quote!(if true {{ #left f(); #sent; x.; }}).to_string();
        assert!(expanded.contains(&expected), "{expanded}");
    }
}

#[test]
fn a_block_that_does_not_parse_is_still_lowered() {
    let (count, expanded) = errors(&quote!(for await x in s { yield x; x. }));
    assert_eq!(count, 0, "the compiler reports it: {expanded}");
    assert!(expanded.contains("let x = __sse_item ;"), "{expanded}");
    assert!(expanded.contains("let __sse_event : krate :: Event = x ;"), "{expanded}");
    assert!(!expanded.contains("yield"), "{expanded}");
}

#[test]
fn a_yield_whose_event_is_missing_says_so_whatever_follows() {
    for block in [quote!(yield;), quote!(yield?;), quote!(yield.await;), quote!(a = yield + b;)] {
        assert!(messages(&block)[0].starts_with("`yield` needs an event"), "{block}");
    }
    assert!(messages(&quote!(yield ..;)).is_empty() && messages(&quote!(yield ::a();)).is_empty());
}

#[test]
fn a_misplaced_yield_says_in_what_it_is() {
    let says = |block: TokenStream, scope: Scope| {
        assert_eq!(messages(&block), Vec::from_iter(scope.forbids_yield()), "{block}");
    };
    says(quote!(async |x| yield a;), Scope::Async);
    says(quote!(|x| yield a;), Scope::Closure);
    says(quote!(m!(async |x| yield a);), Scope::Async);
    says(quote!(m!(|x| b = yield a);), Scope::Closure);
    says(quote!(m!(|x| b < c, yield a);), Scope::Block);
    for block in [
        quote!(const { yield a };),
        quote!(m!(const { yield a });),
        quote!(
            const A: u8 = { yield a };
        ),
        quote!(
            enum A {
                B = { yield a },
            }
        ),
    ] {
        let (_, expanded) = errors(&block);
        assert!(expanded.contains(&quote!(let _ = || a;).to_string()), "{expanded}");
        says(block, Scope::Const);
    }
}

/// In each block, `x.` is still being typed, so that the block doesn't parse.
#[test]
fn a_statement_before_a_yield_or_let_needs_its_semicolon() {
    for missing in [
        quote!(a() yield b;),
        quote!(a yield b;),
        quote!(a()? yield b;),
        quote!(a() let b = 1;),
        quote!(yield a yield b;),
        quote!(let Some(a) = b else { return } yield c;),
        quote!(if a {} let Some(b) = c else { return } let d = 1;),
    ] {
        assert_eq!(messages(&quote!(#missing x.)), [rules::NO_SEMICOLON], "{missing}");
    }
    for complete in [
        quote!(if a {} yield b;),
        quote!(let a = if b { c } else { d } yield e;),
        quote!(let a = 1; b else {} yield c;),
        quote!(a else {} yield b;),
        quote!(let Some(a) = b else { return }; if c {} yield d;),
        quote!(#[a] yield b;),
        quote!(m! { a() yield b; };),
        quote!(a. yield b;),
        quote!(a[b..yield c];),
        quote!(yield a. yield b;),
    ] {
        assert_eq!(messages(&quote!(#complete x.)), [""; 0], "{complete}");
    }
    let next = sent(quote!(b));
    for (unfinished, lowered) in [
        (quote!(a()), quote!(a())),
        (quote!(a.), quote!(a.)),
        (quote!(yield a), sent(quote!(a))),
        (quote!(yield a.), sent(quote!(a.))),
    ] {
        let (_, expanded) = errors(&quote!(#unfinished yield b; x.));
        let separated = quote!(#lowered; #next; x.);
        assert!(expanded.contains(&separated.to_string()), "{expanded}");
    }
}
