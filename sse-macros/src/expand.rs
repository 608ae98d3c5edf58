//! The result, put together.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Error;

use crate::cursor::braces;
use crate::end;
use crate::input::{Body, Input, StreamType};
use crate::lowering::{Fails, Lowering};
use crate::spans::{Runtime, Spans};
use crate::statements;

pub(crate) fn expand(runtime: &Runtime, input: Input, spans: Spans) -> TokenStream {
    match input {
        Input::Type(ty) => expand_type(runtime, spans, &ty),
        Input::BadType(error) => {
            let krate = runtime.at(spans.first);
            let error = error.into_compile_error();
            let item = quote!(#krate::__private::MistakenItem<{ #error }>);
            expand_type(runtime, spans, &StreamType { item, bounds: TokenStream::new() })
        }
        Input::Block(body) => expand_block(runtime, body, spans),
    }
}

fn expand_type(runtime: &Runtime, spans: Spans, ty: &StreamType) -> TokenStream {
    let (krate, StreamType { item, bounds }) = (runtime.at(spans.first), ty);
    let here = runtime.hidden(spans.first);
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

/// The output of a block that can fail, as a parameter.
fn result(runtime: &Runtime, spans: Spans) -> TokenStream {
    let (here, krate) = (runtime.hidden(spans.first), runtime.at(spans.first));
    quote_spanned!(here=> ::<#krate::__private::Result<(), _>>)
}

// from: statements value
// into: {
//           use {Else as _, Sorted as _};
//           let block = async move {
//               let end = if true {{ statements value }} else { unreachable_value() };
//               End(&end).unit_if_undecided();
//               BlockEnd::end(|| end)
//           };
//           Block(&block).unit_if_undecided();
//           let stream = BlockOutput::stream(block);
//           stream
//       }
//
// What comes before the user's tokens is always the same: an editor, which completes by
// comparing the expansions with and without a name at the cursor, finds it at one place in
// both.
fn expand_block(runtime: &Runtime, body: Body, spans: Spans) -> TokenStream {
    let end_spans = statements::end(&body).unwrap_or(spans);
    let mut lowering = Lowering::new(runtime);
    let statements = statements::lower(body, &mut lowering);
    let label = lowering.checks_scope.then(|| lowering.scope_label(spans.first));

    let (here, krate) = (runtime.hidden(spans.first), runtime.at(spans.first));
    let braces = |tokens| braces(tokens, runtime.hidden(spans.last));
    let value = braces(statements);
    let value = braces(quote!(#label #value));
    let output = match lowering.fails {
        Fails::Unsaid => None,
        _ => Some(result(runtime, end_spans)),
    };
    let end = braces(end::of(runtime, end_spans, &value, output.as_ref()));
    let block = runtime.variable("block", spans.first);
    let (decided, of_block) = match lowering.fails {
        Fails::Unsaid => {
            let settled = quote_spanned! {here=>
                #krate::__private::Block(&#block).unit_if_undecided();
            };
            (settled, end::call(runtime, end_spans, "BlockOutput", None, "stream", &block))
        }
        Fails::Perhaps => {
            (TokenStream::new(), quote_spanned!(here=> #krate::__private::either_stream(#block)))
        }
        Fails::At(span) => (
            TokenStream::new(),
            end::call(runtime, Spans::at(span), "BlockOutput", None, "stream", &block),
        ),
    };
    let stream = runtime.variable("stream", spans.first);
    let errors = lowering.errors.iter().map(Error::to_compile_error);
    braces(quote_spanned! {here=>
        use #krate::__private::{Else as _, Sorted as _};
        let #block = async move #end;
        #(#errors)*
        #decided
        let #stream = #of_block;
        #stream
    })
    .into_token_stream()
}
