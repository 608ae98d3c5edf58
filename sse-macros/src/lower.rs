//! From the block's own syntax into Rust: `yield`, `for await` and `return`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Error, Expr, ExprForLoop, Item, Label, Lifetime, Macro, Pat, Token};

use crate::check::{self, Scope};
use crate::input::{Body, FOR_AWAIT};
use crate::place::{Place, Runtime};
use crate::{tail, tokens};

pub(crate) struct Lowering<'a> {
    runtime: &'a Runtime,
    pub(crate) scope: Scope,
    /// Within the tokens of a macro, who knows where they will end up.
    pub(crate) in_macro: bool,
    /// The first `?` of the block's own, or the first `return` with a value.
    pub(crate) fallible: Option<Span>,
    /// Whether the block needs to be `scope_label`led.
    pub(crate) checks_scope: bool,
    pub(crate) errors: Vec<Error>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(runtime: &'a Runtime) -> Self {
        Self {
            runtime,
            scope: Scope::Block,
            in_macro: false,
            fallible: None,
            checks_scope: false,
            errors: Vec::new(),
        }
    }

    pub(crate) fn block(&mut self, body: Body) -> TokenStream {
        match body {
            Body::Statements(mut statements) => {
                for statement in &mut statements {
                    self.visit_stmt_mut(statement);
                }
                quote!(#(#statements)*)
            }
            Body::Tokens(trees) => self.unparsed(trees),
        }
    }

    /// Puts a `;` behind what is still being typed.
    fn unparsed(&mut self, trees: TokenStream) -> TokenStream {
        let semicolon = tail::last_punct(&trees).filter(|&last| last != ';');
        let semicolon = semicolon.map(|_| Token![;](Place::of(trees.clone()).last));
        let trees = tokens::lower(trees, self);
        quote!(#trees #semicolon)
    }

    /// Does something in another scope.
    pub(crate) fn within<T>(&mut self, scope: Scope, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = lower(self);
        self.scope = outer;
        result
    }

    /// The label around a block in which a macro's tokens hold a `yield`, with its colon.
    pub(crate) fn scope_label(&self, place: Span) -> Label {
        Label { name: self.scope_name(place), colon_token: Token![:](self.runtime.hidden(place)) }
    }

    fn scope_name(&self, place: Span) -> Lifetime {
        Lifetime::new("'the_stream_of_this_yield", self.runtime.hidden(place))
    }

    /// Notes what makes the block fallible, if it is the block's own.
    pub(crate) fn fails_at(&mut self, place: Span) {
        if self.scope == Scope::Block {
            self.fallible.get_or_insert(place);
        }
    }

    // from: yield event
    // into: match () { () => { let event: Event = event; send(event).await; } }
    //
    // The event is evaluated, and its temporaries are dropped, before `send` puts it into
    // the thread's slot; nothing runs between that and the suspension. The `match` makes it
    // an expression where a block would be more, as behind `else`, or less.
    //
    // A macro may put its tokens into a closure or an async block: there, a jump out of
    // the block, which never runs, keeps a `yield` from compiling.
    pub(crate) fn yielded(&mut self, yield_span: Span, event: &TokenStream) -> TokenStream {
        let here = self.runtime.hidden(yield_span);
        let krate = self.runtime.at(yield_span);
        if event.is_empty() {
            self.errors.push(Error::new(yield_span, check::YIELDS_NOTHING));
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
        let check = self.in_macro.then(|| {
            self.checks_scope = true;
            let name = self.scope_name(yield_span);
            quote_spanned!(here=> while false { break #name #krate::__private::never(); })
        });
        quote_spanned! {here=> match () { () => {
            let event: #krate::Event = #event;
            #check
            #krate::__private::send(event).await;
        } } }
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
        stream: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let here = self.runtime.hidden(await_span);
        let krate = self.runtime.at(await_span);
        // A `let`, unlike a `for`, wants parentheses around alternatives.
        let alternatives = pattern.clone().into_iter().any(|tree| check::is_punct(&tree, '|'));
        let pattern = if alternatives { quote!((#pattern)) } else { pattern.clone() };
        quote_spanned! {here=>
            match #krate::__private::ForAwait::stream(#stream) { stream => {
                let mut stream = #krate::__private::pin!(stream);
                #label while let #krate::__private::Some(item)
                    = #krate::__private::next(stream.as_mut()).await
                {
                    let #pattern = item;
                    #body
                }
            } }
        }
    }

    // from: return
    // into: return done()
    //
    // from: return value
    // into: return FallibleEnd::end(value)
    pub(crate) fn returned(&mut self, return_span: Span, value: &TokenStream) -> TokenStream {
        if value.is_empty() {
            let krate = self.runtime.at(return_span);
            let here = self.runtime.hidden(return_span);
            return quote_spanned!(here=> #krate::__private::Done::done());
        }
        self.fails_at(return_span);
        self.runtime.call(Place::of(value.clone()), "FallibleEnd", "end", value)
    }
}

impl VisitMut for Lowering<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Closure(closure) if closure.asyncness.is_some() => {
                self.within(Scope::Async, |it| visit_mut::visit_expr_mut(it, expr));
            }
            Expr::Closure(_) => {
                self.within(Scope::Closure, |it| visit_mut::visit_expr_mut(it, expr));
            }
            Expr::Async(_) => self.within(Scope::Async, |it| visit_mut::visit_expr_mut(it, expr)),
            Expr::Const(_) => self.within(Scope::Const, |it| visit_mut::visit_expr_mut(it, expr)),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
        match expr {
            Expr::Yield(it) => {
                let attributes = &it.attrs;
                let yielded = self.yielded(it.yield_token.span, &it.expr.to_token_stream());
                *expr = Expr::Verbatim(quote!(#(#attributes)* #yielded));
            }
            Expr::ForLoop(it) => {
                if let Some(lowered) = self.awaiting_loop(it) {
                    *expr = Expr::Verbatim(lowered);
                }
            }
            Expr::Try(it) => self.fails_at(it.question_token.span()),
            Expr::Return(it) if self.scope == Scope::Block => {
                let value = self.returned(it.return_token.span, &it.expr.to_token_stream());
                it.expr = Some(Box::new(Expr::Verbatim(value)));
            }
            _ => {}
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            // The definition of a macro for the block's own use.
            Item::Macro(it) => self.lower_macro(&mut it.mac),
            Item::Const(_) | Item::Static(_) => {
                self.within(Scope::Const, |it| visit_mut::visit_item_mut(it, item));
            }
            _ => self.within(Scope::Function, |it| visit_mut::visit_item_mut(it, item)),
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let name = &call.path.segments.last().expect("a path has a segment").ident;
        // A pattern is the compiler's to read, as it is in tokens.
        if !check::is_generator(name) && name != FOR_AWAIT {
            self.lower_macro(call);
        }
    }
}

impl Lowering<'_> {
    fn lower_macro(&mut self, call: &mut Macro) {
        let outer = std::mem::replace(&mut self.in_macro, true);
        call.tokens = tokens::lower(std::mem::take(&mut call.tokens), self);
        self.in_macro = outer;
    }

    fn awaiting_loop(&self, it: &ExprForLoop) -> Option<TokenStream> {
        let Pat::Macro(marker) = &*it.pat else { return None };
        let name = marker.mac.path.get_ident().filter(|name| *name == FOR_AWAIT)?;
        let attributes = &it.attrs;
        let lowered = self.for_await(
            name.span(),
            it.label.as_ref(),
            &marker.mac.tokens,
            &it.expr.to_token_stream(),
            &statements_of(&it.body),
        );
        Some(quote!(#(#attributes)* #lowered))
    }
}

fn statements_of(block: &Block) -> TokenStream {
    let statements = &block.stmts;
    quote!(#(#statements)*)
}
