//! The result, put together.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Error, Label};

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
    quote_spanned!(here=> #krate::EventStream<impl #krate::Stream<Item = #item> #bounds>)
}

fn expand_block(runtime: &Runtime, body: Body, place: Place) -> TokenStream {
    let tail = Tail::of(&body);
    let mut lowering = Lowering::new(runtime);
    let (statements, end) = lowering.block(body);
    let label = lowering.checks_scope.then(|| lowering.scope_label(place.first));
    let label = label.as_ref();
    let (fallible, errors) = (lowering.fallible, lowering.errors);

    let expansion = Expansion { runtime, place };
    let stream = match (tail.place(fallible.is_some()), fallible) {
        (None, None) => expansion.infallible(label, quote!(#statements #end)),
        (None, Some(cause)) => expansion.fallible(cause, label, quote!(#statements #end)),
        (Some(tail), None) => {
            let block = expansion.block(label, quote!(#statements #end));
            expansion.stream(tail, block)
        }
        (Some(tail), Some(cause)) => {
            let end = expansion.call(tail, "FallibleEnd", "end", &expansion.arguments(tail, end));
            expansion.fallible_with_end(cause, label, quote!(#statements #end))
        }
    };
    // Through a variable, so that no expected type of the user's reaches the call.
    let here = runtime.hidden(place.first);
    let errors = errors.iter().map(Error::to_compile_error);
    expansion
        .braces(quote_spanned!(here=> #(#errors)* let stream = #stream; stream))
        .into_token_stream()
}

struct Expansion<'a> {
    runtime: &'a Runtime,
    /// Of the whole block.
    place: Place,
}

impl Expansion<'_> {
    /// A block that ends with `()`, if it ever ends.
    fn infallible(&self, label: Option<&Label>, statements: TokenStream) -> TokenStream {
        let block = self.async_block(self.block(label, statements));
        let krate = self.runtime.at(self.place.first);
        let here = self.runtime.hidden(self.place.first);
        quote_spanned!(here=> <() as #krate::__private::BlockOf<_>>::stream #block)
    }

    /// A block that ends with `Ok(())`, if it ever ends: behind an `if`, this is no
    /// unreachable code where the statements never end.
    fn fallible(&self, cause: Span, label: Option<&Label>, statements: TokenStream) -> TokenStream {
        let block = self.block(label, statements);
        let krate = self.runtime.at(self.place.first);
        let here = self.runtime.hidden(self.place.first);
        let end = quote_spanned!(here=> if true { #block } #krate::__private::succeeded());
        self.fallible_with_end(cause, None, end)
    }

    /// A block that ends with a `Result`. That comes first, in a `return` that never runs, so
    /// that the user's own `return` is at fault if its value is none.
    fn fallible_with_end(
        &self,
        cause: Span,
        label: Option<&Label>,
        statements: TokenStream,
    ) -> TokenStream {
        let block = self.block(label, statements);
        let krate = self.runtime.at(self.place.first);
        let here = self.runtime.hidden(self.place.first);
        let result = quote_spanned!(here=> if false { return #krate::__private::succeeded(); });
        self.stream(Place::at(cause), quote!(#result #block))
    }

    /// The stream of a block whose types tell what it ends with; `cause` is at fault if that
    /// is neither `()` nor a `Result`.
    fn stream(&self, cause: Place, block: TokenStream) -> TokenStream {
        self.call(cause, "BlockOf", "stream", &self.async_block(block))
    }

    /// A call of a method of one of the runtime's traits; a message about it points to `place`.
    fn call(&self, place: Place, of: &str, method: &str, arguments: &Group) -> TokenStream {
        let here = self.runtime.hidden(place.first);
        let krate = self.runtime.at(place.first);
        let of = Ident::new(of, here);
        let method = Ident::new(method, self.runtime.hidden(place.last));
        quote_spanned!(here=> #krate::__private::#of::#method #arguments)
    }

    /// `(async move { … })`
    fn async_block(&self, block: TokenStream) -> Group {
        let block = self.braces(block);
        let here = self.runtime.hidden(self.place.first);
        self.arguments(self.place, quote_spanned!(here=> async move #block))
    }

    /// `'label: { … }`
    fn block(&self, label: Option<&Label>, statements: TokenStream) -> TokenStream {
        let block = self.braces(statements);
        quote!(#label #block)
    }

    fn braces(&self, tokens: TokenStream) -> Group {
        let mut braces = Group::new(Delimiter::Brace, tokens);
        braces.set_span(self.runtime.hidden(self.place.last));
        braces
    }

    fn arguments(&self, place: Place, tokens: TokenStream) -> Group {
        let mut arguments = Group::new(Delimiter::Parenthesis, tokens);
        arguments.set_span(self.runtime.hidden(place.last));
        arguments
    }
}
