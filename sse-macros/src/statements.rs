//! Finds the block's own syntax in its statements.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprForLoop, Item, Macro, Pat, Stmt, Token};

use crate::input::{Body, FOR_AWAIT};
use crate::lowering::Lowering;
use crate::rules::{self, Scope};
use crate::spans::Spans;
use crate::tokens;

pub(crate) fn lower(body: Body, lowering: &mut Lowering<'_>) -> TokenStream {
    match body {
        Body::Statements(mut statements) => {
            for statement in &mut statements {
                lowering.visit_stmt_mut(statement);
            }
            quote!(#(#statements)*)
        }
        Body::Tokens(tokens) => unparsed(tokens, lowering),
    }
}

/// The block's last expression, if it has one.
pub(crate) fn end(body: &Body) -> Option<Spans> {
    let end = match body {
        Body::Statements(statements) => match statements.last()? {
            Stmt::Expr(end, None) => end.to_token_stream(),
            Stmt::Macro(end) if end.semi_token.is_none() => end.to_token_stream(),
            _ => return None,
        },
        Body::Tokens(tokens) => tokens.clone(),
    };
    Some(Spans::of(end))
}

/// Puts a `;` after what is still being typed.
fn unparsed(tokens: TokenStream, lowering: &mut Lowering<'_>) -> TokenStream {
    let unfinished = last_punct(&tokens).is_some_and(|last| last != ';');
    let semicolon = unfinished.then(|| Token![;](Spans::of(tokens.clone()).last));
    let tokens = tokens::lower(tokens, lowering);
    quote!(#tokens #semicolon)
}

/// The punctuation that tokens end with, if no expression ends with it: `;`, or a `.` after
/// which something is still to be typed.
fn last_punct(tokens: &TokenStream) -> Option<char> {
    match tokens.clone().into_iter().last()? {
        TokenTree::Punct(last) => Some(last.as_char()).filter(|&last| last != '?'),
        _ => None,
    }
}

impl VisitMut for Lowering<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let scope = match expr {
            Expr::Closure(closure) if closure.asyncness.is_some() => Scope::Async,
            Expr::Closure(_) => Scope::Closure,
            Expr::Async(_) => Scope::Async,
            Expr::Const(_) => Scope::Const,
            _ => self.scope,
        };
        self.within(scope, |it| visit_mut::visit_expr_mut(it, expr));
        match expr {
            Expr::Yield(it) => {
                let attributes = &it.attrs;
                let yielded = self.yielded(it.yield_token.span, it.expr.to_token_stream());
                *expr = Expr::Verbatim(quote!(#(#attributes)* #yielded));
            }
            Expr::ForLoop(it) => {
                if let Some(lowered) = for_await(it, self) {
                    *expr = Expr::Verbatim(lowered);
                } else if let Some(iterated) = self.iterated(&it.expr) {
                    *it.expr = Expr::Verbatim(iterated);
                }
            }
            Expr::Try(it) => self.question_mark(it.question_token.span()),
            Expr::Return(it) if self.scope == Scope::Block => {
                let value = match &it.expr {
                    Some(value) => self.returned_value(&value.to_token_stream()),
                    None => self.returned(it.return_token.span),
                };
                it.expr = Some(Box::new(Expr::Verbatim(value)));
            }
            _ => {}
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            // The definition of a macro for the block's own use.
            Item::Macro(it) => lower_macro(&mut it.mac, self),
            Item::Const(_) | Item::Static(_) => {
                self.within(Scope::Const, |it| visit_mut::visit_item_mut(it, item));
            }
            _ => self.within(Scope::Function, |it| visit_mut::visit_item_mut(it, item)),
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let name = &call.path.segments.last().expect("a path has a segment").ident;
        // A pattern is the compiler's to read, as it is in tokens.
        if !rules::is_generator(name) && name != FOR_AWAIT {
            lower_macro(call, self);
        }
    }
}

fn lower_macro(call: &mut Macro, lowering: &mut Lowering<'_>) {
    let tokens = std::mem::take(&mut call.tokens);
    call.tokens = lowering.within_macro(|lowering| tokens::lower(tokens, lowering));
}

fn for_await(it: &ExprForLoop, lowering: &Lowering<'_>) -> Option<TokenStream> {
    let Pat::Macro(marker) = &*it.pat else { return None };
    let name = marker.mac.path.get_ident().filter(|name| *name == FOR_AWAIT)?;
    let attributes = &it.attrs;
    let lowered = lowering.for_await(
        name.span(),
        it.label.as_ref(),
        &marker.mac.tokens,
        &it.expr.to_token_stream(),
        &statements_of(&it.body),
    );
    Some(quote!(#(#attributes)* #lowered))
}

fn statements_of(block: &Block) -> TokenStream {
    let statements = &block.stmts;
    quote!(#(#statements)*)
}
