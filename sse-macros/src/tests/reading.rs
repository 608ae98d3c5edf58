//! Tests where expressions, types and blocks begin and end.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use super::{block, end, errors, expands, fallible, messages, sent};
use crate::rules::Scope;

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

#[test]
fn an_expression_in_a_macro_ends_where_rust_ends_it() {
    let sent = sent(quote!(a::<B<C>, D>()));
    let (_, expanded) = errors(&quote!(f(yield a::<B<C>, D>(), c); x.));
    assert!(expanded.contains(&quote!(f(#sent, c); x.).to_string()), "{expanded}");
    // A pattern that begins with a `|` isn't a closure.
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
    let (_, expanded) = errors(&quote!(loop {
        for await x in s {
            return a;
        }
    }));
    let value = end(quote!({ a }), quote!());
    assert!(expanded.contains(&quote!(return { #value };).to_string()), "{expanded}");
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
