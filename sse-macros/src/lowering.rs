//! Lowers `yield`, `for await` and `return` into Rust.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Error, Label, Lifetime, Token};

use crate::cursor::{self, braces, call};
use crate::end;
use crate::fallibility::{Fallibility, QuestionMarks};
use crate::rules::{self, Scope};
use crate::spans::{CratePath, Spans};

pub(crate) struct Lowering<'a> {
    runtime: &'a CratePath,
    pub(crate) scope: Scope,
    /// Whether these are the arguments of a macro, which may put them anywhere.
    pub(crate) in_macro: bool,
    pub(crate) question_marks: QuestionMarks,
    /// Whether the block needs its [`scope_label`](Self::scope_label).
    pub(crate) checks_scope: bool,
    /// The mistakes, each under the `#[cfg]`s around it.
    pub(crate) errors: Vec<TokenStream>,
    /// The predicates of the `#[cfg]`s around this place.
    cfgs: Vec<TokenStream>,
    renamed_generators: Vec<Ident>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(runtime: &'a CratePath, block: &TokenStream) -> Self {
        Self {
            runtime,
            scope: Scope::Block,
            in_macro: false,
            question_marks: QuestionMarks::default(),
            checks_scope: false,
            errors: Vec::new(),
            cfgs: Vec::new(),
            renamed_generators: rules::renamed_generators(block.clone()),
        }
    }

    /// Lowers in another scope.
    pub(crate) fn within<T>(&mut self, scope: Scope, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = lower(self);
        self.scope = outer;
        result
    }

    /// Lowers what is in a macro's tokens.
    pub(crate) fn within_macro<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.in_macro, true);
        let result = lower(self);
        self.in_macro = outer;
        result
    }

    /// Lowers what the compiler removes unless the predicate is met.
    pub(crate) fn under_cfg<T>(
        &mut self,
        predicate: TokenStream,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.cfgs.push(predicate);
        let result = lower(self);
        self.cfgs.pop();
        result
    }

    /// Returns whether a macro of this name has a `yield` of its own.
    pub(crate) fn is_generator(&self, name: &Ident) -> bool {
        rules::is_generator(name) || self.renamed_generators.contains(name)
    }

    pub(crate) fn error(&mut self, error: Error) {
        let (cfgs, error) = (&self.cfgs, error.into_compile_error());
        self.errors.push(quote!(#(#[cfg(#cfgs)])* #error));
    }

    /// Returns the label around a block in which a macro's tokens have a `yield`, with its colon.
    pub(crate) fn scope_label(&self, span: Span) -> Label {
        Label {
            name: self.scope_name(span),
            colon_token: Token![:](self.runtime.hygienic_span(span)),
        }
    }

    fn scope_name(&self, span: Span) -> Lifetime {
        Lifetime::new("'the_stream_of_this_yield", self.runtime.hygienic_span(span))
    }

    /// Notes a `?`.
    pub(crate) fn question_mark(&mut self, span: Span) {
        if self.scope == Scope::Block {
            let fallibility =
                if self.in_macro { Fallibility::Maybe } else { Fallibility::Certain(span) };
            self.question_marks.note(fallibility, &self.cfgs);
        }
    }

    // from: yield event
    // into: match () { () => { let event: Event = event; send(event).await; } }
    //
    // The event is evaluated, and its temporaries are dropped, before `send` puts it into
    // the thread's slot; nothing runs between that and the suspension. Unlike a block, a `match`
    // is one expression everywhere, even after `else`.
    //
    // A macro may put its tokens into a closure or an async block: there, a jump out of
    // the block, which never runs, keeps a `yield` from compiling.
    pub(crate) fn yielded(&mut self, yield_span: Span, event: TokenStream) -> TokenStream {
        let here = self.runtime.hygienic_span(yield_span);
        let (krate, private) = (self.runtime.at(yield_span), self.runtime.private(yield_span));
        if event.is_empty() {
            self.error(Error::new(yield_span, rules::YIELDS_NOTHING));
            return quote_spanned!(here=> match () { () => {} });
        }
        if let Some(reason) = self.scope.forbids_yield() {
            self.error(Error::new(yield_span, reason));
            let stub = if self.scope == Scope::Const {
                quote_spanned!(here=> let _ = || #event;)
            } else {
                quote_spanned!(here=> let _: #krate::Event = #event;)
            };
            return quote_spanned!(here=> match () { () => { #stub } });
        }
        let event = self.unwrapped(event);
        let check = self.in_macro.then(|| {
            self.checks_scope = true;
            let name = self.scope_name(yield_span);
            quote_spanned! {here=>
                while false { break #name #private::unreachable_value(); }
            }
        });
        let variable = self.runtime.variable("event", yield_span);
        quote_spanned! {here=> match () { () => {
            let #variable: #krate::Event = #event;
            #check
            #private::send(#variable).await;
        } } }
    }

    /// Returns the event. An `Ok(event)` or `Err(error)`, which other macros take, is a mistake.
    fn unwrapped(&mut self, event: TokenStream) -> TokenStream {
        let Some((name, argument)) = call(&event) else { return event };
        if name == "Ok" {
            self.error(Error::new(name.span(), rules::YIELDS_OK));
            return argument;
        }
        if name != "Err" {
            return event;
        }
        self.error(Error::new(name.span(), rules::YIELDS_ERR));
        // The block is meant to fail, as a `?` would say.
        self.question_mark(name.span());
        let krate = self.runtime.at(name.span());
        quote!({ let _ = #argument; #krate::Event::empty() })
    }

    // from: 'label: for await pattern in stream { body }
    // into: match ForAwait::stream(stream) { stream => {
    //           let mut stream = pin!(stream);
    //           'label: while let Some(item) = next(stream).await {
    //               let pattern = item;
    //               { body }
    //           }
    //       } }
    //
    // As in a plain `for`, temporaries of the expression live as long as the loop, and the
    // pattern must match every item; the body may begin with attributes, or have items of its own.
    pub(crate) fn for_await(
        &self,
        await_span: Span,
        label: Option<&Label>,
        pattern: &TokenStream,
        of: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let here = self.runtime.hygienic_span(await_span);
        let private = self.runtime.private(await_span);
        let stream = self.runtime.variable("stream", await_span);
        let item = self.runtime.variable("item", await_span);
        // A `let`, unlike a `for`, wants parentheses around alternatives.
        let alternatives = pattern.clone().into_iter().any(|tree| cursor::is_punct(&tree, '|'));
        let pattern = if alternatives { quote!((#pattern)) } else { pattern.clone() };
        quote_spanned! {here=>
            match #private::ForAwait::stream(#of) { #stream => {
                let mut #stream = #private::pin!(#stream);
                #label while let #private::Some(#item)
                    = #private::next(#stream.as_mut()).await
                {
                    let #pattern = #item;
                    { #body }
                }
            } }
        }
    }

    // from: return
    // into: return BlockEnd::end(|| ())
    pub(crate) fn returned(&self, return_span: Span) -> TokenStream {
        end::unit(self.runtime, return_span)
    }

    // from: return value
    // into: return { let end = if true { value } else { unreachable_value() }; … }
    //
    // An `Err(…)` stays as it is, so that the error can still be coerced.
    pub(crate) fn returned_value(&self, value: &TokenStream) -> TokenStream {
        if call(value).is_some_and(|(name, _)| name == "Err") {
            return value.clone();
        }
        let spans = Spans::of(value.clone());
        let braces = |tokens| braces(tokens, self.runtime.hygienic_span(spans.last));
        let (value, output) = (braces(value.clone()), end::Output::default());
        braces(end::of_value(self.runtime, spans, &value, &[output])).into_token_stream()
    }
}
