//! The expansion as tokens. What it means when compiled is tested elsewhere, on users' level.

use proc_macro2::TokenStream;
use quote::quote;

use crate::event_stream2;

#[allow(clippy::needless_pass_by_value, reason = "`quote!` makes values")]
fn expands(input: TokenStream, expected: TokenStream) {
    let expanded = event_stream2(quote!(krate #input));
    assert_eq!(expanded.to_string(), expected.to_string());
}

#[test]
fn types_keep_every_bound() {
    let ty = |item: TokenStream, bounds: TokenStream| quote!(krate::EventStream<impl krate::__private::Stream<Item = #item> #bounds>);
    expands(quote!(), ty(quote!(krate::Event), quote!()));
    expands(quote!(Event), ty(quote!(Event), quote!()));
    expands(quote!(sse::Event + '_), ty(quote!(sse::Event), quote!(+ '_)));
    expands(quote!(Event + 'r + Send + Sync), ty(quote!(Event), quote!(+ 'r + Send + Sync)));
    expands(quote!(Event + use<>), ty(quote!(Event), quote!(+ use<>)));
    expands(quote!(Result<Event, E> + '_), ty(quote!(Result<Event, E>), quote!(+ '_)));
}

#[test]
fn a_yield_is_evaluated_then_sent() {
    let expected = quote! {
        krate::__private::infallible(async move {{
            {
                let event: krate::Event = a;
                krate::__private::send(event).await;
            } ;
        }})
    };
    expands(quote!(yield a;), expected.clone());
    expands(
        quote!({
            yield a;
        }),
        expected,
    );
}

#[test]
fn a_yield_in_a_macro_checks_its_scope() {
    expands(
        quote!(m! { yield a, f::<A, B>() };),
        quote! {
            krate::__private::infallible(async move { 'stream: {
                m! {
                    {
                        let event: krate::Event = a;
                        if false { break 'stream krate::__private::never(); }
                        krate::__private::send(event).await;
                    }, f::<A, B>()
                };
            }})
        },
    );
}

#[test]
fn for_await_is_a_loop_over_the_pinned_stream() {
    expands(
        quote!('a: for await (x, y) in s() {
            break 'a;
        }),
        quote! {
            krate::__private::infallible(async move {{
                match krate::__private::awaited(s()) { stream => {
                    let mut stream = krate::__private::pin!(stream);
                    'a: while let krate::__private::Some(item)
                        = krate::__private::next(stream.as_mut()).await
                    {
                        let (x, y) = item;
                        break 'a;
                    }
                } }
            }})
        },
    );
}

#[test]
fn the_end_of_a_block_depends_on_its_try_and_its_tail() {
    expands(
        quote!(a()?;),
        quote! {
            krate::__private::stream(async move {
                if true {{ a()?; }}
                krate::__private::succeeded()
            })
        },
    );
    expands(
        quote!(a()?; b()),
        quote! {
            krate::__private::stream(async move { krate::__private::end_fallible({ a()?; b() }) })
        },
    );
    expands(
        quote!(f(); b()),
        quote!(krate::__private::stream(async move {
            {
                f();
                b()
            }
        })),
    );
    let infallible = |block: TokenStream| {
        expands(block.clone(), quote!(krate::__private::infallible(async move {{ #block }})));
    };
    infallible(quote!(loop {}));
    infallible(quote!(loop {
        break;
    }));
    infallible(quote!(if a {
        b();
    } else {
        panic!()
    }));
    infallible(quote!(let x = 1;));
    infallible(quote!(info!(?x, y = ?z);));
    infallible(quote!(let f = |x| x?;));
    infallible(quote!(m! { f(|a| a?); async { return 1 } };));
}

#[test]
fn a_lone_macro_call_is_a_block() {
    expands(
        quote!(m! {}),
        quote!(krate::__private::stream(async move {
            {
                m! {}
            }
        })),
    );
    expands(quote!(todo!()), quote!(krate::__private::infallible(async move { { todo!() } })));
}

#[test]
fn generators_within_are_left_alone() {
    let nested = quote!(let a = Sse! { yield b?; return 1 }; let c = vec![stream! { yield d }];);
    expands(nested.clone(), quote!(krate::__private::infallible(async move {{ #nested }})));
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
        let expanded = event_stream2(quote!(krate #block)).to_string();
        assert_eq!(expanded.matches("compile_error !").count(), 1, "{expanded}");
        assert!(expanded.contains("{ let _ : krate :: Event = a ; }"), "{expanded}");
    }
}

#[test]
fn a_block_that_does_not_parse_is_still_lowered() {
    let expanded = event_stream2(quote!(krate for await x in s { yield x; x. })).to_string();
    assert!(expanded.contains("let x = item ;"), "{expanded}");
    assert!(expanded.contains("let event : krate :: Event = x ;"), "{expanded}");
    assert!(!expanded.contains("yield"), "{expanded}");
}
