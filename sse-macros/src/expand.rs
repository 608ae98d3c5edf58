//! The result, put together.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Error;

use crate::input::{Body, Input, StreamType};
use crate::lower::Lowering;
use crate::place::{Place, Runtime};
use crate::tail::Tail;

pub(crate) fn expand(runtime: &Runtime, input: Input, place: Place) -> TokenStream {
    match input {
        Input::Type(ty) => expand_type(runtime, place, &ty),
        Input::BadType(error) => {
            let krate = runtime.at(place.first);
            let error = error.into_compile_error();
            let item = quote!(#krate::__private::ItemUnless<{ #error }>);
            expand_type(runtime, place, &StreamType { item, bounds: TokenStream::new() })
        }
        Input::Block(body) => expand_block(runtime, body, place),
    }
}

fn expand_type(runtime: &Runtime, place: Place, ty: &StreamType) -> TokenStream {
    let (krate, StreamType { item, bounds }) = (runtime.at(place.first), ty);
    let here = runtime.hidden(place.first);
    let item = if item.is_empty() { quote_spanned!(here=> #krate::Event) } else { item.clone() };
    // The bound explains what to do about a stream that can fail; where an error is declared,
    // the compiler's own words say more.
    let stream = if is_event(&item) {
        quote_spanned!(here=> #krate::block::StreamOf<#item>)
    } else {
        quote_spanned!(here=> #krate::Stream<Item = #item>)
    };
    quote_spanned!(here=> #krate::EventStream<impl #stream #bounds>)
}

/// By its name, which is a guess: for another type of that name the message fits less well.
fn is_event(item: &TokenStream) -> bool {
    let last = item.clone().into_iter().last();
    matches!(last, Some(TokenTree::Ident(name)) if name == "Event")
}

// from: statements end
// into: {
//           let block = async move {
//               let end = if true {{ statements end }};
//               end
//           };
//           let stream = BlockOf::stream(block);
//           stream
//       }
//
// What stands before the user's tokens is always the same: an editor, which completes by
// comparing the expansions with and without a name at the cursor, finds it at one place in
// both. Behind an `if`, the end is no unreachable code where the statements never end.
fn expand_block(runtime: &Runtime, body: Body, place: Place) -> TokenStream {
    let tail = Tail::of(&body);
    let mut lowering = Lowering::new(runtime);
    let statements = lowering.block(body);
    let label = lowering.checks_scope.then(|| lowering.scope_label(place.first));
    let fallible = lowering.fallible;
    let tail = tail.place(fallible.is_some());

    let (here, krate) = (runtime.hidden(place.first), runtime.at(place.first));
    let braces = |tokens| group(Delimiter::Brace, tokens, runtime.hidden(place.last));
    let statements = braces(statements);
    let statements = braces(quote!(#label #statements));
    let else_ = tail.map(|_| quote_spanned!(here=> else { #krate::__private::never() }));
    let end = Ident::new("end", runtime.hidden(tail.unwrap_or(place).first));
    let outcome = match fallible {
        Some(_) => runtime.call(tail.unwrap_or(place), "FallibleEnd", "end", &end),
        None => end.to_token_stream(),
    };
    let block = braces(quote_spanned! {here=>
        let end = if true #statements #else_;
        #outcome
    });
    let stream = if tail.is_none() && fallible.is_none() {
        quote_spanned!(here=> <() as #krate::__private::BlockOf<_>>::stream(block))
    } else {
        let cause = fallible.map_or_else(|| tail.unwrap_or(place), Place::at);
        runtime.call(cause, "BlockOf", "stream", &Ident::new("block", here))
    };
    let errors = lowering.errors.iter().map(Error::to_compile_error);
    braces(quote_spanned! {here=>
        let block = async move #block;
        #(#errors)*
        let stream = #stream;
        stream
    })
    .into_token_stream()
}

fn group(delimiter: Delimiter, tokens: TokenStream, span: Span) -> Group {
    let mut group = Group::new(delimiter, tokens);
    group.set_span(span);
    group
}

impl Runtime {
    /// A call of a method of one of the runtime's traits; a message about it points to `place`.
    pub(crate) fn call(
        &self,
        place: Place,
        of: &str,
        method: &str,
        argument: &impl ToTokens,
    ) -> TokenStream {
        let (here, krate) = (self.hidden(place.first), self.at(place.first));
        let of = Ident::new(of, here);
        let method = Ident::new(method, self.hidden(place.last));
        let argument = argument.to_token_stream();
        let argument = group(Delimiter::Parenthesis, argument, self.hidden(place.last));
        quote_spanned!(here=> #krate::__private::#of::#method #argument)
    }
}
