//! Tests what blocks and types expand to.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use super::{block, end, errors, expanded, expands, fallible, messages, sent};
use crate::event_stream2;
use crate::rules;

#[test]
fn an_expansion_names_the_module_of_its_own_release() {
    let expanded = event_stream2(quote!(krate f())).to_string();
    let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
    let module = format!("krate :: __private_{major}_{minor}_{}", env!("CARGO_PKG_VERSION_PATCH"));
    assert!(expanded.contains(&module), "{expanded}");
}

#[test]
fn types_keep_every_bound() {
    let ty =
        |stream: TokenStream, bounds: TokenStream| quote!(krate::EventStream<impl #stream #bounds>);
    let plain = |item: TokenStream, bounds| ty(quote!(krate::StreamOf<#item>), bounds);
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
    expands(quote!(yield a;), block(quote!(#sent;)));
    expands(
        quote!({
            yield a;
        }),
        block(quote!(#sent;)),
    );
}

#[test]
fn a_yield_in_a_macro_checks_its_scope() {
    let checked = quote! {
        match () { () => {
            let __sse_event: krate::Event = a;
            while false {
                break 'the_stream_of_this_yield krate::private::unreachable_value();
            }
            krate::private::send(__sse_event).await;
        } }
    };
    let labelled = quote!('the_stream_of_this_yield: {
        m! { #checked, f::<A, B>() };
    });
    let expected = block(quote!(mark)).to_string();
    let expected = expected.replace("{ mark }", &labelled.to_string());
    assert_eq!(expanded(&quote!(m! { yield a, f::<A, B>() };)), expected);
}

#[test]
fn for_await_is_a_loop_over_the_pinned_stream() {
    expands(
        quote!('a: for await (x, y) in s() {
            break 'a;
        }),
        block(quote! {
            match krate::private::ForAwait::stream(s()) { __sse_stream => {
                let mut __sse_stream = krate::private::pin!(__sse_stream);
                'a: while let krate::private::Some(__sse_item)
                    = krate::private::next(__sse_stream.as_mut()).await
                {
                    let (x, y) = __sse_item;
                    { break 'a; }
                }
            } }
        }),
    );
}

#[test]
fn only_a_question_mark_says_that_a_block_can_fail() {
    for value in [quote!(a()?;), quote!(a()?; b()), quote!(m!(c?); a()?; m! {}), quote!(a(b?))] {
        expands(value.clone(), fallible(value, quote!(BlockOutput::stream)));
    }
    for value in [quote!(m!(a?);), quote!(m! { a()? }), quote!(m!(n!(a b ?)))] {
        expands(quote!(#value;), fallible(quote!(#value;), quote!(either_stream)));
    }
    for value in [
        quote!(f(); b()),
        quote!(loop {}),
        quote!(if a {
            b();
        } else {
            panic!()
        }),
        quote!(let x = 1;),
        quote!(m! {}),
        quote!(info!(?x, y = ?z);),
        quote!(m!($(a)?);),
        quote!(let f = |x| x?;),
        quote!(m! { f(|a| a?); async { b? }; return 1 };),
        quote!(
            fn f() {
                a?
            }
        ),
    ] {
        expands(value.clone(), block(value));
    }
}

#[test]
fn what_is_returned_depends_on_types() {
    let value = end(quote!({ a }), quote!());
    expands(quote!(return a;), block(quote!(return { #value };)));
    let unit = quote!(krate::private::BlockEnd::end(|| ()));
    expands(quote!(return;), block(quote!(return #unit;)));
    expands(quote!(m! { return, b };), block(quote!(m! { return #unit, b };)));
    for value in [quote!(m!(return a);), quote!(let f = |x| return;), quote!(m!(|x| return);)] {
        expands(value.clone(), block(value));
    }
}

#[test]
fn generators_within_are_left_alone() {
    let nested = quote!(let a = Sse! { yield b?; return 1 }; let c = vec![stream! { yield d }];);
    expands(nested.clone(), block(nested));
}

#[test]
fn an_ok_or_err_is_taken_out_of_what_is_yielded() {
    let (_, expanded) = errors(&quote!(yield Ok(a);));
    assert!(expanded.contains(&sent(quote!(a)).to_string()), "{expanded}");
    assert_eq!(messages(&quote!(yield Ok(a);)), [rules::YIELDS_OK]);

    let (_, expanded) = errors(&quote!(yield Err(a);));
    let stub = sent(quote!({
        let _ = a;
        krate::Event::empty()
    }));
    assert!(expanded.contains(&stub.to_string()), "{expanded}");
    assert_eq!(messages(&quote!(yield Err(a);)), [rules::YIELDS_ERR]);

    for event in [quote!(Ok(a)?), quote!(Err(a).unwrap()), quote!(ok(a)), quote!(Ok { a })] {
        assert_eq!(messages(&quote!(yield #event;)), [""; 0]);
    }
}

#[test]
fn a_return_means_the_same_while_a_block_is_typed() {
    let value = end(quote!({ a(sent) }), quote!()).to_string();
    let returned = value.replace("sent", &sent(quote!(b)).to_string());
    for rest in [quote!(), quote!(x.), quote!(x x)] {
        let (_, expanded) = errors(&quote!(return a(yield b); #rest));
        assert!(expanded.contains(&format!("return {{ {returned} }} ;")), "{expanded}");
    }
}

#[test]
fn an_error_is_returned_as_it_is_so_that_it_can_be_coerced() {
    expands(quote!(return Err(a);), block(quote!(return Err(a);)));
    expands(quote!(b; Err(a)), block(quote!(b; return Err(a))));
    for value in [quote!(Err(a).into()), quote!(Err(a)?;), quote!(Err), quote!(a::Err(b))] {
        assert!(!expanded(&value).contains("return"), "{value}");
    }
    for value in [quote!(Err(a)?), quote!(Err::<A, B>(c)), quote!(Ok(())), quote!(Err)] {
        let lowered = end(quote!({ #value }), quote!());
        let (_, expanded) = errors(&quote!(return #value;));
        assert!(expanded.contains(&quote!(return { #lowered };).to_string()), "{expanded}");
    }
}

#[test]
fn what_a_cfg_removes_decides_only_if_it_stays() {
    let (_, expanded) = errors(&quote!(#[cfg(a)] let b = c?; #[cfg(d)] m!(e?);));
    let (met, unmet) = (quote!(#[cfg(any(all(a)))]), quote!(#[cfg(not(any(all(a))))]));
    let (maybe, not) = (quote!(#[cfg(any(all(d)))]), quote!(#[cfg(not(any(all(d))))]));
    let call = quote!(krate::private::BlockOutput::stream(__sse_block));
    let either = quote!(krate::private::either_stream(__sse_block));
    for stream in [
        quote!(#met let __sse_stream = #call;),
        quote!(#unmet #maybe let __sse_stream = #either;),
        quote!(#unmet #not let __sse_stream = #call;),
    ] {
        assert!(expanded.contains(&stream.to_string()), "{expanded}");
    }
    // Not all of these are removed.
    for value in [
        quote!(#[cfg(a)] if b { c?; } d?;),
        quote!(match a {
            #[cfg(a)]
            b => {}
            _ => c?,
        }),
        quote!(match a {
            #[cfg(a)]
            b => c,
            _ => d?,
        }),
        quote!([#[cfg(a)] b, c?];),
        quote!(A { #[cfg(a)] b: c, d: e? };),
        quote!(#[allow(a)] b?;),
    ] {
        expands(value.clone(), fallible(value, quote!(BlockOutput::stream)));
    }
}

#[test]
fn generators_that_the_block_renames_are_left_alone() {
    for uses in [
        quote!(
            use async_stream::stream as items;
        ),
        quote!(
            use async_stream::{a, try_stream as items, b as c};
        ),
        quote!(
            use a::{
                b::{self, Sse as items},
            };
        ),
    ] {
        let value = quote!(items! { yield a?; }; fn f() { #uses });
        expands(value.clone(), block(value));
    }
    assert_eq!(messages(&quote!(use a::b as items; || items! { yield a };)).len(), 1);
    assert_eq!(messages(&quote!(stream as items; || items! { yield a };)).len(), 1);
}

#[test]
fn only_what_a_macro_expands_to_is_lowered_in_its_definition() {
    let (_, expanded) = errors(&quote!(
        macro_rules! m {
            (yield $a:expr; $(|$b:tt)?) => {
                yield $a
            };
        }
    ));
    assert!(expanded.contains("(yield $ a : expr ; $ (| $ b : tt) ?) => { match"), "{expanded}");
}

#[test]
fn a_label_may_be_an_argument_of_a_macro() {
    let label = Group::new(Delimiter::None, quote!('a));
    let (_, expanded) = errors(&quote!(#label: for await b in c { break #label }));
    assert!(expanded.contains("'a : while let"), "{expanded}");
}
