//! From the block's own syntax into Rust: `yield`, `for await` and a bare `return`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Error, Expr, ExprForLoop, Item, Label, Lifetime, Macro, Pat, Stmt};

use crate::check::{self, Scope};
use crate::input::{Body, FOR_AWAIT};
use crate::tokens;

pub(crate) struct Lowering<'a> {
    krate: &'a Ident,
    pub(crate) scope: Scope,
    /// Within the tokens of a macro, who knows where they will end up.
    pub(crate) in_macro: bool,
    /// Whether the block has a `?` of its own or returns a value.
    pub(crate) fallible: bool,
    /// Whether the block needs to be `scope_label`led.
    pub(crate) checks_scope: bool,
    pub(crate) errors: Vec<Error>,
}

/// The label around a block in which a macro's tokens hold a `yield`.
pub(crate) fn scope_label() -> Lifetime {
    Lifetime::new("'stream", Span::mixed_site())
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(krate: &'a Ident) -> Self {
        Self {
            krate,
            scope: Scope::Block,
            in_macro: false,
            fallible: false,
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
            Body::Tokens(trees) => tokens::lower(trees, self),
        }
    }

    /// Does something in another scope.
    pub(crate) fn within<T>(&mut self, scope: Scope, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = lower(self);
        self.scope = outer;
        result
    }

    /// The path to the runtime, for messages about the token at `span`.
    fn krate(&self, span: Span) -> Ident {
        let mut krate = self.krate.clone();
        krate.set_span(krate.span().located_at(span));
        krate
    }

    // from: yield event
    // into: { let event: Event = event; send(event).await; }
    //
    // The event is evaluated, and its temporaries are dropped, before `send` puts it into
    // the thread's slot; nothing runs between that and the suspension.
    //
    // A macro may put its tokens into a closure or an async block: there, a jump out of
    // the block, which never runs, keeps a `yield` from compiling.
    pub(crate) fn yielded(&mut self, yield_span: Span, event: &TokenStream) -> TokenStream {
        let here = yield_span.resolved_at(Span::mixed_site());
        let krate = self.krate(yield_span);
        if event.is_empty() {
            self.errors.push(Error::new(yield_span, check::YIELDS_NOTHING));
            return quote_spanned!(here=> {});
        }
        if let Some(reason) = self.scope.forbids_yield() {
            self.errors.push(Error::new(yield_span, reason));
            return quote_spanned!(here=> { let _: #krate::Event = #event; });
        }
        let check = self.in_macro.then(|| {
            self.checks_scope = true;
            let label = scope_label();
            quote_spanned!(here=> if false { break #label #krate::__private::never(); })
        });
        quote_spanned! {here=> {
            let event: #krate::Event = #event;
            #check
            #krate::__private::send(event).await;
        }}
    }

    // from: 'label: for await pattern in stream { body }
    // into: match stream { stream => {
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
        let here = await_span.resolved_at(Span::mixed_site());
        let krate = self.krate(await_span);
        quote_spanned! {here=>
            match #krate::__private::awaited(#stream) { stream => {
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
    pub(crate) fn bare_return(&self, return_span: Span) -> TokenStream {
        let here = return_span.resolved_at(Span::mixed_site());
        let krate = self.krate(return_span);
        quote_spanned!(here=> #krate::__private::done())
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
                let event = it.expr.to_token_stream();
                *expr = Expr::Verbatim(self.yielded(it.yield_token.span, &event));
            }
            Expr::ForLoop(it) => {
                if let Some(lowered) = self.awaiting_loop(it) {
                    *expr = Expr::Verbatim(lowered);
                }
            }
            Expr::Try(_) if self.scope == Scope::Block => self.fallible = true,
            Expr::Return(it) if self.scope == Scope::Block => {
                self.fallible |= it.expr.is_some();
                let return_span = it.return_token.span;
                it.expr.get_or_insert_with(|| Expr::Verbatim(self.bare_return(return_span)).into());
            }
            _ => {}
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        if !matches!(item, Item::Macro(_)) {
            self.within(Scope::Function, |it| visit_mut::visit_item_mut(it, item));
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let name = &call.path.segments.last().expect("a path has a segment").ident;
        if !check::is_generator(name) {
            let outer = std::mem::replace(&mut self.in_macro, true);
            call.tokens = tokens::lower(std::mem::take(&mut call.tokens), self);
            self.in_macro = outer;
        }
    }
}

impl Lowering<'_> {
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

/// Whether the block may end with a value, so that the types must tell what it is.
pub(crate) fn has_tail(body: &Body) -> bool {
    match body {
        Body::Statements(statements) => end_with_value(statements),
        Body::Tokens(_) => true,
    }
}

fn end_with_value(statements: &[Stmt]) -> bool {
    match statements.last() {
        Some(Stmt::Expr(expr, None)) => may_have_value(expr),
        Some(Stmt::Macro(call)) => call.semi_token.is_none() && !never_returns(&call.mac),
        _ => false,
    }
}

fn may_have_value(expr: &Expr) -> bool {
    match expr {
        Expr::Yield(_) | Expr::While(_) | Expr::ForLoop(_) | Expr::Return(_) => false,
        Expr::Loop(it) => tokens::breaks_with_value(it.to_token_stream()),
        Expr::If(it) => {
            let else_ = it.else_branch.as_ref().map(|(_, else_)| may_have_value(else_));
            else_.is_some_and(|has_value| has_value || end_with_value(&it.then_branch.stmts))
        }
        Expr::Match(it) => it.arms.iter().any(|arm| may_have_value(&arm.body)),
        Expr::Block(it) => it.label.is_some() || end_with_value(&it.block.stmts),
        Expr::Macro(it) => !never_returns(&it.mac),
        _ => true,
    }
}

fn never_returns(call: &Macro) -> bool {
    let names = ["panic", "todo", "unimplemented", "unreachable"];
    names.iter().any(|name| call.path.is_ident(name))
}
