//! Lowers the values that a block ends with or returns.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use crate::cursor::spanned;
use crate::spans::{CratePath, Spans};

/// The output of a block, in a case that an attribute selects.
#[derive(Default)]
pub(crate) struct Output {
    /// Empty if this is the only case.
    pub(crate) cfg: TokenStream,
    /// The type, as a generic argument. Without one it follows from the value.
    pub(crate) parameter: Option<TokenStream>,
}

// from: { value }
// into: let end = if true { value } else { unreachable_value() };
//       TailValue(&end).unit_if_undecided();
//       BlockEnd::end(|| end)
//
// If the compiler is to choose between outputs, there is a block for each in place of the last line.
//
// Because of the `if`, what follows isn't unreachable code, even if the value diverges.
pub(crate) fn of_value(
    runtime: &CratePath,
    spans: Spans,
    value: &Group,
    outputs: &[Output],
) -> TokenStream {
    let (here, private) = (runtime.hygienic_span(spans.first), runtime.private(spans.first));
    let variable = runtime.variable("end", spans.first);
    // In a closure: about an argument of its own type, the compiler would say more than is of use.
    let value_of = quote_spanned!(here=> || #variable);
    let end = |output: &Output| {
        let parameter = output.parameter.as_ref();
        let end = call(runtime, spans, "BlockEnd", parameter, "end", &value_of);
        let cfg = &output.cfg;
        if cfg.is_empty() { end } else { quote_spanned!(here=> #cfg { #end }) }
    };
    let ends = outputs.iter().map(end);
    quote_spanned! {here=>
        let #variable = if true #value else { #private::unreachable_value() };
        #private::TailValue(&#variable).unit_if_undecided();
        #(#ends)*
    }
}

/// Returns `BlockEnd::end(|| ())`.
pub(crate) fn unit(runtime: &CratePath, span: Span) -> TokenStream {
    let here = runtime.hygienic_span(span);
    call(runtime, Spans::at(span), "BlockEnd", None, "end", &quote_spanned!(here=> || ()))
}

/// Calls a method of one of the runtime's traits; a message about it points to `spans`.
pub(crate) fn call(
    runtime: &CratePath,
    spans: Spans,
    trait_: &str,
    parameters: Option<&TokenStream>,
    method: &str,
    argument: &impl ToTokens,
) -> TokenStream {
    let hygienic = |name: &str, span: Span| Ident::new(name, runtime.hygienic_span(span));
    let (here, private) = (runtime.hygienic_span(spans.first), runtime.private(spans.first));
    let (trait_, method) = (hygienic(trait_, spans.first), hygienic(method, spans.last));
    let argument = argument.to_token_stream();
    let argument = spanned(Delimiter::Parenthesis, argument, runtime.hygienic_span(spans.last));
    quote_spanned!(here=> #private::#trait_ #parameters::#method #argument)
}
