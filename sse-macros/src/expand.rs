//! The result, put together.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Error;

use crate::input::{Body, Input, StreamType};
use crate::lower::{Lowering, has_tail, scope_label};

pub(crate) fn expand(krate: &Ident, input: Input) -> TokenStream {
    match input {
        Input::Type(ty) => expand_type(krate, &ty),
        Input::Block(body) => expand_block(krate, body),
    }
}

fn expand_type(krate: &Ident, StreamType { item, bounds }: &StreamType) -> TokenStream {
    let item = if item.is_empty() { quote!(#krate::Event) } else { item.clone() };
    quote!(#krate::EventStream<impl #krate::__private::Stream<Item = #item> #bounds>)
}

fn expand_block(krate: &Ident, body: Body) -> TokenStream {
    let has_tail = has_tail(&body);
    let mut lowering = Lowering::new(krate);
    let statements = lowering.block(body);
    let Lowering { fallible, checks_scope, errors, .. } = lowering;

    let here = Span::mixed_site();
    let label = checks_scope.then(|| {
        let label = scope_label();
        quote_spanned!(here=> #label:)
    });
    let block = quote_spanned!(here=> #label { #statements });
    let stream = match (has_tail, fallible) {
        (false, false) => {
            quote_spanned!(here=> #krate::__private::infallible(async move { #block }))
        }
        // Behind an `if`, the end is no unreachable code where the statements never end.
        (false, true) => quote_spanned! {here=>
            #krate::__private::stream(async move {
                if true { #block }
                #krate::__private::succeeded()
            })
        },
        (true, false) => quote_spanned!(here=> #krate::__private::stream(async move { #block })),
        (true, true) => quote_spanned! {here=>
            #krate::__private::stream(async move { #krate::__private::end_fallible(#block) })
        },
    };
    if errors.is_empty() {
        return stream;
    }
    let errors = errors.iter().map(Error::to_compile_error);
    quote_spanned!(here=> { #(#errors)* #stream })
}
