//! From the block's own syntax into Rust: what `yield`, `for await` and `return` become.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::buffer::TokenBuffer;
use syn::{Error, Expr, Label, Lifetime, Token};

use crate::cursor::{self, braces};
use crate::end;
use crate::rules::{self, Scope};
use crate::spans::{Runtime, Spans};

pub(crate) struct Lowering<'a> {
    runtime: &'a Runtime,
    pub(crate) scope: Scope,
    /// Within the tokens of a macro, which may put them anywhere.
    pub(crate) in_macro: bool,
    pub(crate) fails: Fails,
    /// Whether the block needs to be `scope_label`led.
    pub(crate) checks_scope: bool,
    pub(crate) errors: Vec<Error>,
}

/// What the `?`s in a block say about whether it can fail. Returned values and the end may say
/// so too, but that is decided by their types.
#[derive(Clone, Copy)]
pub(crate) enum Fails {
    /// There is no `?`.
    Unsaid,
    /// There is one in a macro's tokens. It is the block's own, unless the macro puts it into a
    /// closure or an `async` block, or does something else with it.
    Perhaps,
    /// The block has one of its own, here.
    At(Span),
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(runtime: &'a Runtime) -> Self {
        Self {
            runtime,
            scope: Scope::Block,
            in_macro: false,
            fails: Fails::Unsaid,
            checks_scope: false,
            errors: Vec::new(),
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

    /// The label around a block in which a macro's tokens have a `yield`, with its colon.
    pub(crate) fn scope_label(&self, span: Span) -> Label {
        Label { name: self.scope_name(span), colon_token: Token![:](self.runtime.hidden(span)) }
    }

    fn scope_name(&self, span: Span) -> Lifetime {
        Lifetime::new("'the_stream_of_this_yield", self.runtime.hidden(span))
    }

    /// Notes a `?`.
    pub(crate) fn question_mark(&mut self, span: Span) {
        match (self.scope, self.fails) {
            (Scope::Block, Fails::Unsaid | Fails::Perhaps) if !self.in_macro => {
                self.fails = Fails::At(span);
            }
            (Scope::Block, Fails::Unsaid) => self.fails = Fails::Perhaps,
            _ => {}
        }
    }

    // from: yield event
    // into: match () { () => { let event: Event = event; send(event).await; } }
    //
    // The event is evaluated, and its temporaries are dropped, before `send` puts it into
    // the thread's slot; nothing runs between that and the suspension. The `match` makes it
    // an expression where a block would be more than one, as after `else`, or less.
    //
    // A macro may put its tokens into a closure or an async block: there, a jump out of
    // the block, which never runs, keeps a `yield` from compiling.
    pub(crate) fn yielded(&mut self, yield_span: Span, event: TokenStream) -> TokenStream {
        let here = self.runtime.hidden(yield_span);
        let krate = self.runtime.at(yield_span);
        if event.is_empty() {
            self.errors.push(Error::new(yield_span, rules::YIELDS_NOTHING));
            return quote_spanned!(here=> match () { () => {} });
        }
        if let Some(reason) = self.scope.forbids_yield() {
            self.errors.push(Error::new(yield_span, reason));
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
                while false { break #name #krate::__private::unreachable_value(); }
            }
        });
        let variable = self.runtime.variable("event", yield_span);
        quote_spanned! {here=> match () { () => {
            let #variable: #krate::Event = #event;
            #check
            #krate::__private::send(#variable).await;
        } } }
    }

    /// The event in an `Ok(event)`, as other macros take it, with an error that says so.
    fn unwrapped(&mut self, event: TokenStream) -> TokenStream {
        let buffer = TokenBuffer::new2(event.clone());
        let Some((name, after)) = cursor::ident(buffer.begin()) else { return event };
        let error = match &*name.to_string() {
            "Ok" => rules::YIELDS_OK,
            "Err" => rules::YIELDS_ERR,
            _ => return event,
        };
        let Some((group, after)) = cursor::parenthesis(after) else { return event };
        if !after.eof() {
            return event;
        }
        self.errors.push(Error::new(name.span(), error));
        if name == "Ok" {
            return group.stream();
        }
        // What the stream's type says is right: it can fail.
        self.question_mark(name.span());
        let (krate, error) = (self.runtime.at(name.span()), group.stream());
        quote!({ let _ = #error; #krate::Event::empty() })
    }

    // from: 'label: for await pattern in stream { body }
    // into: match ForAwait::stream(stream) { stream => {
    //           let mut stream = pin!(stream);
    //           'label: while let Some(item) = next(stream).await { let pattern = item; body… }
    //       } }
    //
    // As in a plain `for`, temporaries of the expression live as long as the loop, and the
    // pattern must match every item.
    pub(crate) fn for_await(
        &self,
        await_span: Span,
        label: Option<&Label>,
        pattern: &TokenStream,
        of: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let here = self.runtime.hidden(await_span);
        let krate = self.runtime.at(await_span);
        let stream = self.runtime.variable("stream", await_span);
        let item = self.runtime.variable("item", await_span);
        // A `let`, unlike a `for`, wants parentheses around alternatives.
        let alternatives = pattern.clone().into_iter().any(|tree| cursor::is_punct(&tree, '|'));
        let pattern = if alternatives { quote!((#pattern)) } else { pattern.clone() };
        quote_spanned! {here=>
            match #krate::__private::ForAwait::stream(#of) { #stream => {
                let mut #stream = #krate::__private::pin!(#stream);
                #label while let #krate::__private::Some(#item)
                    = #krate::__private::next(#stream.as_mut()).await
                {
                    let #pattern = #item;
                    #body
                }
            } }
        }
    }

    // from: for pattern in iterated
    // into: for pattern in Iterable::iterable(PlainFor(iterated).sorted())
    //
    // It stays the same, but if it is a stream, the compiler says what to do. Only what is most
    // often meant to be a stream, a name or a call: clippy looks closely at how other expressions
    // are written, such as ranges and `.iter()`.
    pub(crate) fn iterated(&self, iterated: &Expr) -> Option<TokenStream> {
        let may_wait = matches!(self.scope, Scope::Block | Scope::Async);
        if !may_wait || !matches!(iterated, Expr::Path(_) | Expr::Call(_)) {
            return None;
        }
        let iterated = iterated.to_token_stream();
        let spans = Spans::of(iterated.clone());
        let here = self.runtime.hidden(spans.last);
        let krate = self.runtime.at(spans.first);
        let sorted = quote_spanned!(here=> #krate::__private::PlainFor(#iterated).sorted());
        Some(end::call(self.runtime, spans, "Iterable", None, "iterable", &sorted))
    }

    // from: return
    // into: return BlockEnd::end(())
    pub(crate) fn returned(&self, return_span: Span) -> TokenStream {
        let here = self.runtime.hidden(return_span);
        end::known(self.runtime, Spans::at(return_span), &quote_spanned!(here=> ()))
    }

    // from: return value
    // into: return { let end = if true { value } else { unreachable_value() }; … }
    pub(crate) fn returned_value(&self, value: &TokenStream) -> TokenStream {
        let spans = Spans::of(value.clone());
        let braces = |tokens| braces(tokens, self.runtime.hidden(spans.last));
        let end = end::of(self.runtime, spans, &braces(value.clone()), None);
        braces(end).into_token_stream()
    }
}
