//! The expansion as tokens. What it means when compiled is tested elsewhere, on users' level.

#![allow(clippy::needless_pass_by_value, reason = "`quote!` makes values")]

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use crate::event_stream2;

fn expands(input: TokenStream, expected: TokenStream) {
    let expanded = event_stream2(quote!(krate #input));
    assert_eq!(expanded.to_string(), expected.to_string());
}

/// What a block without a `?` or a last expression expands to.
fn infallible(statements: TokenStream) -> TokenStream {
    let stream = quote!(<() as krate::__private::BlockOf<_>>::stream(block));
    block(quote!(if true {{ #statements }}), quote!(end), stream)
}

fn of_any_end(statements: TokenStream, end: TokenStream) -> TokenStream {
    block(quote!(if true #statements), end, quote!(krate::__private::BlockOf::stream(block)))
}

/// A block whose last expression may have a value.
fn value(statements: TokenStream) -> TokenStream {
    quote!({{ #statements }} else { krate::__private::never() })
}

fn block(statements: TokenStream, end: TokenStream, stream: TokenStream) -> TokenStream {
    quote! {{
        let block = async move { let end = #statements; #end };
        let stream = #stream;
        stream
    }}
}

fn sent(event: TokenStream) -> TokenStream {
    quote! {
        match () { () => {
            let event: krate::Event = #event;
            krate::__private::send(event).await;
        } }
    }
}

#[test]
fn types_keep_every_bound() {
    let ty =
        |stream: TokenStream, bounds: TokenStream| quote!(krate::EventStream<impl #stream #bounds>);
    let plain = |item: TokenStream, bounds| ty(quote!(krate::block::StreamOf<#item>), bounds);
    expands(quote!(), plain(quote!(krate::Event), quote!()));
    expands(quote!(Event), plain(quote!(Event), quote!()));
    expands(quote!(sse::Event + '_), plain(quote!(sse::Event), quote!(+ '_)));
    expands(quote!(Event + 'r + Send + Sync), plain(quote!(Event), quote!(+ 'r + Send + Sync)));
    expands(quote!(Event + use<>), plain(quote!(Event), quote!(+ use<>)));
    let item = quote!(Result<Event, E>);
    let fallible = quote!(krate::Stream<Item = #item>);
    expands(quote!(Result<Event, E> + '_), ty(fallible, quote!(+ '_)));
}

#[test]
fn a_yield_is_evaluated_then_sent() {
    let sent = sent(quote!(a));
    expands(quote!(yield a;), infallible(quote!(#sent;)));
    expands(
        quote!({
            yield a;
        }),
        infallible(quote!(#sent;)),
    );
}

#[test]
fn a_yield_in_a_macro_checks_its_scope() {
    let checked = quote! {
        match () { () => {
            let event: krate::Event = a;
            while false { break 'the_stream_of_this_yield krate::__private::never(); }
            krate::__private::send(event).await;
        } }
    };
    let labelled = quote!('the_stream_of_this_yield: {
        m! { #checked, f::<A, B>() };
    });
    let stream = quote!(<() as krate::__private::BlockOf<_>>::stream(block));
    expands(
        quote!(m! { yield a, f::<A, B>() };),
        block(quote!(if true { #labelled }), quote!(end), stream),
    );
}

#[test]
fn for_await_is_a_loop_over_the_pinned_stream() {
    expands(
        quote!('a: for await (x, y) in s() {
            break 'a;
        }),
        infallible(quote! {
            match krate::__private::ForAwait::stream(s()) { stream => {
                let mut stream = krate::__private::pin!(stream);
                'a: while let krate::__private::Some(item)
                    = krate::__private::next(stream.as_mut()).await
                {
                    let (x, y) = item;
                    break 'a;
                }
            } }
        }),
    );
}

#[test]
fn a_yield_in_the_pattern_of_a_for_await_is_left_to_the_compiler() {
    let (_, expanded) = errors(&quote!(for await yield x in s {}));
    assert!(expanded.contains("let yield x = item ;"), "{expanded}");
}

#[test]
fn a_for_await_whose_stream_ends_within_a_macros_argument_is_an_error() {
    let argument = Group::new(Delimiter::None, quote!(() {} () {} () {}));
    let (count, expanded) = errors(&quote!(for await x in s #argument x.));
    assert_eq!(count, 1, "{expanded}");
}

#[test]
fn the_end_of_a_block_depends_on_its_try_and_its_tail() {
    let end = quote!(krate::__private::FallibleEnd::end(end));
    expands(
        quote!(a()?;),
        of_any_end(
            quote!({
                {
                    a()?;
                }
            }),
            end.clone(),
        ),
    );
    expands(quote!(a()?; b()), of_any_end(value(quote!(a()?; b())), end.clone()));
    expands(
        quote!(a()?; m!{}),
        of_any_end(
            quote!({
                {
                    a()?;
                    m! {}
                }
            }),
            end,
        ),
    );
    expands(quote!(f(); b()), of_any_end(value(quote!(f(); b())), quote!(end)));
    for block in [
        quote!(loop {}),
        quote!(loop {
            break;
        }),
        quote!(if a {
            b();
        } else {
            panic!()
        }),
        quote!(match a {
            b => loop {},
            _ => todo!(),
        }),
        quote!(let x = 1;),
        quote!(info!(?x, y = ?z);),
        quote!(let f = |x| x?;),
        quote!(m! { f(|a| a?); async { return 1 } };),
        quote!(std::future::pending().await),
    ] {
        expands(block.clone(), infallible(block));
    }
}

#[test]
fn a_lone_macro_call_is_a_block() {
    expands(quote!(m! {}), of_any_end(value(quote!(m! {})), quote!(end)));
    expands(quote!(todo!()), infallible(quote!(todo!())));
}

#[test]
fn generators_within_are_left_alone() {
    let nested = quote!(let a = Sse! { yield b?; return 1 }; let c = vec![stream! { yield d }];);
    expands(nested.clone(), infallible(nested));
}

fn errors(block: &TokenStream) -> (usize, String) {
    let expanded = event_stream2(quote!(krate #block)).to_string();
    (expanded.matches("compile_error !").count(), expanded)
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
fn what_is_meant_as_a_type_is_no_block() {
    for ty in [quote!(Event + 3), quote!(Event+), quote!(Event, Event)] {
        let (count, expanded) = errors(&ty);
        assert_eq!(count, 1, "{expanded}");
        assert!(expanded.starts_with("krate :: EventStream <"), "{expanded}");
    }
}

#[test]
fn a_block_that_does_not_parse_is_still_lowered() {
    let (count, expanded) = errors(&quote!(for await x in s { yield x; x. }));
    assert_eq!(count, 0, "the compiler reports it: {expanded}");
    assert!(expanded.contains("let x = item ;"), "{expanded}");
    assert!(expanded.contains("let event : krate :: Event = x ;"), "{expanded}");
    assert!(!expanded.contains("yield"), "{expanded}");
}
