//! Puts the expansion together.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::cursor::braces;
use crate::end;
use crate::fallibility::Fallibility;
use crate::input::{Input, StreamType};
use crate::lowering::Lowering;
use crate::spans::{CratePath, Spans};
use crate::syntax;
use crate::tail::Tail;

pub(crate) fn expand(runtime: &CratePath, input: Input, spans: Spans) -> TokenStream {
    match input {
        Input::Type(ty) => expand_type(runtime, spans, &ty),
        Input::BadType(error) => {
            let private = runtime.private(spans.first);
            let error = error.into_compile_error();
            let item = quote!(#private::MistakenItem<{ #error }>);
            expand_type(runtime, spans, &StreamType { item, bounds: TokenStream::new() })
        }
        Input::Block(block) => expand_block(runtime, block, spans),
    }
}

fn expand_type(runtime: &CratePath, spans: Spans, ty: &StreamType) -> TokenStream {
    let (krate, StreamType { item, bounds }) = (runtime.at(spans.first), ty);
    let here = runtime.hygienic_span(spans.first);
    let item = if item.is_empty() { quote_spanned!(here=> #krate::Event) } else { item.clone() };
    // The message of `StreamOf` says what to do about a stream that can fail. Where an error is declared,
    // the compiler's own message says more.
    // The compiler suggests further bounds behind the last token.
    let end = runtime.hygienic_span(spans.last);
    let end = quote_spanned!(end=> >);
    let stream = if is_event(&item) {
        quote_spanned!(here=> #krate::StreamOf<#item #end)
    } else {
        quote_spanned!(here=> #krate::Stream<Item = #item #end)
    };
    quote_spanned!(here=> #krate::EventStream<impl #stream #bounds>)
}

/// Guesses by the name. For another type named `Event`, only the message fits less well.
fn is_event(item: &TokenStream) -> bool {
    let last = item.clone().into_iter().last();
    matches!(last, Some(TokenTree::Ident(name)) if name == "Event")
}

// from: statements value
// into: {
//           use Fallback as _;
//           let block = async move {
//               let end = if true {{ statements value }} else { unreachable_value() };
//               TailValue(&end).unit_if_undecided();
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
fn expand_block(runtime: &CratePath, block: TokenStream, spans: Spans) -> TokenStream {
    let tail = Tail::of(&block);
    let end_spans = tail.spans.unwrap_or(spans);
    let mut lowering = Lowering::new(runtime, &block);
    let mut statements = syntax::lower(block, &mut lowering);
    if tail.is_err {
        statements = returned(statements, runtime.hygienic_span(end_spans.first));
    }
    let label = lowering.checks_scope.then(|| lowering.scope_label(spans.first));
    let semicolon = tail.semicolon;

    let (here, private) = (runtime.hygienic_span(spans.first), runtime.private(spans.first));
    let braces = |tokens| braces(tokens, runtime.hygienic_span(spans.last));
    let value = braces(quote!(#statements #semicolon));
    let value = braces(quote!(#label #value));
    let cases = lowering.question_marks.cases();
    let outputs = outputs(runtime, end_spans, &cases);
    let end = braces(end::of_value(runtime, end_spans, &value, &outputs));
    let block = runtime.variable("block", spans.first);
    let stream = runtime.variable("stream", spans.first);
    let streams = cases.iter().map(|(cfg, fails)| {
        let (decided, of_block) = stream_of(runtime, *fails, &block, spans, end_spans);
        let decided = decided.map(|decided| quote!(#cfg #decided));
        quote_spanned!(here=> #decided #cfg let #stream = #of_block;)
    });
    let errors = &lowering.errors;
    braces(quote_spanned! {here=>
        use #private::Fallback as _;
        let #block = async move #end;
        #(#errors)*
        #(#streams)*
        #stream
    })
    .into_token_stream()
}

// from: statements Err(error)
// into: statements return Err(error)
//
// The error that is returned can be coerced into the block's own, such as a `Box<dyn Error>`.
fn returned(statements: TokenStream, here: Span) -> TokenStream {
    let mut trees: Vec<TokenTree> = statements.into_iter().collect();
    let err = trees.len().saturating_sub(2);
    trees.insert(err, Ident::new("return", here).into());
    trees.into_iter().collect()
}

/// Returns the output of a block in each case, with its type where a `?` says that it is a `Result`.
fn outputs(
    runtime: &CratePath,
    spans: Spans,
    cases: &[(TokenStream, Fallibility)],
) -> Vec<end::Output> {
    let (here, private) = (runtime.hygienic_span(spans.first), runtime.private(spans.first));
    let result = quote_spanned!(here=> ::<#private::Result<(), _>>);
    let output = |(cfg, fails): &(TokenStream, Fallibility)| end::Output {
        cfg: cfg.clone(),
        parameter: (!matches!(fails, Fallibility::Unknown)).then(|| result.clone()),
    };
    cases.iter().map(output).collect()
}

/// Returns the statement that settles the block's output, if one is needed, and the block's stream.
fn stream_of(
    runtime: &CratePath,
    fails: Fallibility,
    block: &Ident,
    spans: Spans,
    end_spans: Spans,
) -> (Option<TokenStream>, TokenStream) {
    let (here, private) = (runtime.hygienic_span(spans.first), runtime.private(spans.first));
    let stream = |spans| end::call(runtime, spans, "BlockOutput", None, "stream", block);
    match fails {
        Fallibility::Unknown => {
            let settled = quote_spanned!(here=> #private::Block(&#block).unit_if_undecided(););
            (Some(settled), stream(end_spans))
        }
        Fallibility::Maybe => (None, quote_spanned!(here=> #private::either_stream(#block))),
        Fallibility::Certain(span) => (None, stream(Spans::at(span))),
    }
}
