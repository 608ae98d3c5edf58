//! The expansion as tokens. What it means when compiled is tested elsewhere, on users' level.

#![allow(clippy::needless_pass_by_value, reason = "`quote!` makes values")]

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote;

use crate::rules::{self, Scope};
use crate::{event_stream2, spans};

fn expands(input: TokenStream, expected: TokenStream) {
    assert_eq!(expanded(&input), expected.to_string());
}

/// The expansion, in which the runtime's module for expansions is called `private` in every release.
fn expanded(input: &TokenStream) -> String {
    let module = spans::private(Span::call_site()).to_string();
    event_stream2(quote!(krate #input)).to_string().replace(&module, "private")
}

/// What a block expands to that has no `?`.
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

fn errors(block: &TokenStream) -> (usize, String) {
    let expanded = expanded(block);
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
fn an_arrow_does_not_end_a_list_of_generic_arguments() {
    let event = quote!(event::<fn() -> A, B>());
    let (_, expanded) = errors(&quote!(f(yield #event, c); x.));
    let sent = sent(event);
    assert!(expanded.contains(&quote!(f(#sent, c); x.).to_string()), "{expanded}");
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

/// What the macro itself says about a block, in order.
fn messages(block: &TokenStream) -> Vec<String> {
    let (_, expanded) = errors(block);
    let messages = expanded.split("compile_error !").skip(1);
    messages.map(|rest| rest.split('"').nth(1).expect("a message").to_owned()).collect()
}

#[test]
fn a_yield_whose_event_is_missing_says_so_whatever_follows() {
    for block in [quote!(yield;), quote!(yield?;), quote!(yield.await;), quote!(a = yield + b;)] {
        assert!(messages(&block)[0].starts_with("`yield` needs an event"), "{block}");
    }
    assert!(messages(&quote!(yield ..;)).is_empty() && messages(&quote!(yield ::a();)).is_empty());
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

#[test]
fn a_block_that_a_macro_was_given_belongs_to_what_comes_before_it() {
    let given = |block: TokenStream| Group::new(Delimiter::None, quote!({ #block }));
    let scope_of = |before: TokenStream| {
        let body = given(quote!(yield a;));
        messages(&quote!(#before #body))
    };
    for (before, scope) in [
        (quote!(async), Scope::Async),
        (quote!(async move), Scope::Async),
        (quote!(const), Scope::Const),
        (quote!(fn f()), Scope::Function),
        (quote!(for await a in b), Scope::Block),
        (quote!(if a), Scope::Block),
    ] {
        assert_eq!(scope_of(before.clone()), Vec::from_iter(scope.forbids_yield()), "{before}");
    }
}

/// While a block is being typed, it doesn't parse: `x.` is what is typed last.
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

#[test]
fn an_expression_in_a_macro_ends_where_rust_ends_it() {
    let sent = sent(quote!(a::<B<C>, D>()));
    let (_, expanded) = errors(&quote!(f(yield a::<B<C>, D>(), c); x.));
    assert!(expanded.contains(&quote!(f(#sent, c); x.).to_string()), "{expanded}");
    // A pattern that begins with a `|` is no closure.
    let unit = quote!(krate::private::BlockEnd::end(|| ()));
    let arms = |return_: TokenStream| quote!(m! { match a { | A | B => #return_, _ => c } });
    expands(arms(quote!(return)), block(arms(quote!(return #unit))));
    // After a keyword, a `|` begins a closure, and a `!` negates.
    let closure = quote!(m!(return |x| x?));
    expands(closure.clone(), block(closure));
    let negated = quote!(if !(a?) {} x.);
    expands(negated.clone(), fallible(quote!(#negated;), quote!(BlockOutput::stream)));
}

#[test]
fn what_begins_like_a_type_but_has_a_statement_in_it_is_a_block() {
    for value in [quote!(a + b;), quote!(a + { b })] {
        expands(value.clone(), block(value));
    }
}

#[test]
fn a_block_that_a_macro_passes_on_is_the_block_itself() {
    let passed = Group::new(
        Delimiter::None,
        quote!({
            yield a;
        }),
    );
    let sent = sent(quote!(a));
    expands(quote!(#passed), block(quote!(#sent;)));
}

#[test]
fn a_for_await_within_a_statement_is_parsed() {
    // A returned value is lowered only where it is known to be one, not among mere tokens.
    let (_, expanded) = errors(&quote!(loop {
        for await x in s {
            return a;
        }
    }));
    let value = end(quote!({ a }), quote!());
    assert!(expanded.contains(&quote!(return { #value };).to_string()), "{expanded}");
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
fn a_bar_begins_a_closure_only_where_rust_begins_one() {
    let own = |tokens: TokenStream| {
        assert_eq!(messages(&quote!(m! { #tokens })), [""; 0], "{tokens}");
    };
    own(quote!(if n == None::<u8> || stop {
        yield a
    }));
    own(quote!(if n == None::<u8> | stop | go {
        yield a
    }));
    own(quote!(match n {
        0.. | 7 | 8 => yield a,
        _ => b,
    }));
    own(quote!(match n {
        A | B | C => yield a,
        D => yield b,
    }));
    own(quote!(let (| A | B) = yield a));
    own(quote!(if let A | B = c {
        yield a
    }));
    own(quote!(for A | B in c {
        yield a
    }));
    let closure = |tokens: TokenStream| {
        let expected = Scope::Closure.forbids_yield().expect("a closure can't yield");
        assert_eq!(messages(&quote!(m! { #tokens })), [expected], "{tokens}");
    };
    closure(quote!(a => |b| yield b));
    closure(quote!(
        #[a]
        |b| yield b
    ));
    closure(quote!(break 'a |b| yield b));
    closure(quote!(a || || yield b));
    closure(quote!(|b: A<C, D>| -> E { yield b }));
}

#[test]
fn a_body_is_not_mistaken_for_a_constant_in_braces() {
    for item in [
        quote!(
            fn a<const N: usize>() -> A<{ N + 1 }>
            where
                B: C<{ 3 }>,
            {
                b?;
                return 3;
            }
        ),
        quote!(impl A<{ 3 }> for fn() -> B<{ 4 }> { const C: D = m!(b?); }),
        quote!(
            trait A {
                fn a();
                fn b() {
                    c?;
                    return;
                }
            }
        ),
        quote!(
            const A: B = m!(c?);
        ),
        quote!(
            static mut A: B = |c| c?;
        ),
    ] {
        expands(item.clone(), block(item.clone()));
        expands(quote!(m! { #item };), block(quote!(m! { #item };)));
    }
    for value in [
        quote!(impl<const N: usize> A<N> {} a?;),
        quote!(f(&a as *const b::C, d?);),
        quote!(f(&raw const a::B, d?);),
    ] {
        expands(value.clone(), fallible(value, quote!(BlockOutput::stream)));
    }
}

#[test]
fn a_head_ends_where_its_body_begins() {
    let sent = sent(quote!(a));
    for head in [
        quote!(if b && yield a),
        quote!(match yield a),
        quote!(for b in yield a),
        quote!(if let B { c } = yield a),
        quote!(if unsafe { b } == yield a),
    ] {
        let expected = head.to_string().replace("yield a", &sent.to_string());
        let (_, expanded) = errors(&quote!(#head { c }));
        assert!(expanded.contains(&format!("{expected} {{ c }}")), "{expanded}");
    }
    let (_, expanded) = errors(&quote!(if b { c } yield a { d };));
    let whole = self::sent(quote!(a { d }));
    assert!(expanded.contains(&whole.to_string()), "{expanded}");
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
