//! Reads a block that syn has parsed.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::buffer::{Cursor, TokenBuffer};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, Block, Expr, ExprForLoop, FieldValue, ImplItem, Item, Macro, Pat, Stmt, Token,
    TraitItem, Type,
};

use crate::cursor::{between, group, is_ident, macro_call, regroup};
use crate::for_await;
use crate::lowering::Lowering;
use crate::rules::Scope;
use crate::syntax;

/// A `for await pattern in …` is parsed as `for FOR_AWAIT! { pattern } in …`.
const FOR_AWAIT: &str = "__for_await";

pub(super) fn lower(tokens: TokenStream, lowering: &mut Lowering<'_>) -> TokenStream {
    let mut statements = Block::parse_within.parse2(mark_for_await(tokens)).expect("it parses");
    for statement in &mut statements {
        Parsed(lowering).visit_stmt_mut(statement);
    }
    quote!(#(#statements)*)
}

// from: for await pattern in …
// into: for __for_await! { pattern } in …
fn mark_for_await(tokens: TokenStream) -> TokenStream {
    let buffer = TokenBuffer::new2(tokens);
    let mut at = buffer.begin();
    let mut out = TokenStream::new();
    while let Some((tree, after)) = at.token_tree() {
        let head = for_await::head(at).filter(|head| head.label.is_none());
        if let Some((_, arguments)) = macro_call(at) {
            let (_, after) = group(arguments).expect("a macro has arguments");
            out.extend(between(at, after));
            at = after;
        } else if let Some(head) = head {
            let marker = Ident::new(FOR_AWAIT, head.await_span);
            let pattern = Group::new(Delimiter::Brace, head.pattern);
            let bang = Punct::new('!', Spacing::Alone);
            out.extend([tree, marker.into(), bang.into(), pattern.into()]);
            at = in_(after);
        } else {
            out.extend([match &tree {
                TokenTree::Group(group) => regroup(group, mark_for_await).into(),
                _ => tree,
            }]);
            at = after;
        }
    }
    out
}

fn in_(mut at: Cursor<'_>) -> Cursor<'_> {
    while let Some((tree, after)) = at.token_tree().filter(|(tree, _)| !is_ident(tree, "in")) {
        let _ = tree;
        at = after;
    }
    at
}

struct Parsed<'a, 'b>(&'a mut Lowering<'b>);

impl Parsed<'_, '_> {
    fn within(&mut self, scope: Scope, visit: impl FnOnce(&mut Parsed<'_, '_>)) {
        self.0.within(scope, |lowering| visit(&mut Parsed(lowering)));
    }

    /// Visits under the `#[cfg]`s that the code begins with.
    fn under_cfgs(&mut self, of: &impl ToTokens, visit: impl FnOnce(&mut Parsed<'_, '_>)) {
        let attributes = leading_attributes(of.to_token_stream());
        under_cfgs(self.0, &attributes, |lowering| visit(&mut Parsed(lowering)));
    }

    fn elements(&mut self, elements: &mut Punctuated<Expr, Token![,]>) {
        for element in elements {
            let copy = element.clone();
            self.under_cfgs(&copy, |it| it.visit_expr_mut(element));
        }
    }
}

fn under_cfgs(
    lowering: &mut Lowering<'_>,
    attributes: &[Attribute],
    visit: impl FnOnce(&mut Lowering<'_>),
) {
    let Some((first, others)) = attributes.split_first() else { return visit(lowering) };
    match first.meta.require_list() {
        Ok(list) if list.path.is_ident("cfg") => {
            lowering.under_cfg(list.tokens.clone(), |lowering| under_cfgs(lowering, others, visit));
        }
        _ => under_cfgs(lowering, others, visit),
    }
}

fn leading_attributes(tokens: TokenStream) -> Vec<Attribute> {
    let attributes = |input: syn::parse::ParseStream<'_>| {
        let attributes = Attribute::parse_outer(input)?;
        input.parse::<TokenStream>()?;
        Ok(attributes)
    };
    attributes.parse2(tokens).unwrap_or_default()
}

impl VisitMut for Parsed<'_, '_> {
    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        let copy = statement.clone();
        self.under_cfgs(&copy, |it| visit_mut::visit_stmt_mut(it, statement));
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let copy = arm.clone();
        self.under_cfgs(&copy, |it| visit_mut::visit_arm_mut(it, arm));
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let copy = field.clone();
        self.under_cfgs(&copy, |it| visit_mut::visit_field_value_mut(it, field));
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let scope = match expr {
            Expr::Closure(closure) if closure.asyncness.is_some() => Scope::Async,
            Expr::Closure(_) => Scope::Closure,
            Expr::Async(_) => Scope::Async,
            Expr::Const(_) => Scope::Const,
            _ => self.0.scope,
        };
        self.within(scope, |it| match expr {
            Expr::Array(list) => it.elements(&mut list.elems),
            Expr::Tuple(list) => it.elements(&mut list.elems),
            Expr::Call(call) => {
                it.visit_expr_mut(&mut call.func);
                it.elements(&mut call.args);
            }
            Expr::MethodCall(call) => {
                it.visit_expr_mut(&mut call.receiver);
                it.elements(&mut call.args);
            }
            _ => visit_mut::visit_expr_mut(it, expr),
        });
        match expr {
            Expr::Yield(it) => {
                let attributes = &it.attrs;
                let yielded = self.0.yielded(it.yield_token.span, it.expr.to_token_stream());
                *expr = Expr::Verbatim(quote!(#(#attributes)* #yielded));
            }
            Expr::ForLoop(it) => {
                if let Some(lowered) = for_await(it, self.0) {
                    *expr = Expr::Verbatim(lowered);
                }
            }
            Expr::Try(it) => self.0.question_mark(it.question_token.span()),
            Expr::Return(it) if self.0.scope == Scope::Block => match &it.expr {
                None => {
                    let value = self.0.returned(it.return_token.span);
                    it.expr = Some(Box::new(Expr::Verbatim(value)));
                }
                Some(value) if !self.0.in_macro => {
                    let value = self.0.returned_value(&value.to_token_stream());
                    it.expr = Some(Box::new(Expr::Verbatim(value)));
                }
                Some(_) => {}
            },
            _ => {}
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            Item::Macro(it) => self.visit_macro_mut(&mut it.mac),
            Item::Const(_) | Item::Static(_) | Item::Enum(_) => {
                self.within(Scope::Const, |it| visit_mut::visit_item_mut(it, item));
            }
            _ => self.within(Scope::Function, |it| visit_mut::visit_item_mut(it, item)),
        }
    }

    fn visit_impl_item_mut(&mut self, item: &mut ImplItem) {
        let copy = item.clone();
        self.under_cfgs(&copy, |it| visit_mut::visit_impl_item_mut(it, item));
    }

    fn visit_trait_item_mut(&mut self, item: &mut TraitItem) {
        let copy = item.clone();
        self.under_cfgs(&copy, |it| visit_mut::visit_trait_item_mut(it, item));
    }

    /// Has `syntax` lower a macro's arguments, which syn doesn't parse.
    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let name = &call.path.segments.last().expect("a path has a segment").ident;
        if *name == FOR_AWAIT {
            return;
        }
        let lowered = syntax::lower(call.to_token_stream(), self.0);
        if let Some(TokenTree::Group(arguments)) = lowered.into_iter().last() {
            call.tokens = arguments.stream();
        }
    }

    fn visit_type_mut(&mut self, _: &mut Type) {}

    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
}

fn for_await(it: &ExprForLoop, lowering: &Lowering<'_>) -> Option<TokenStream> {
    let Pat::Macro(marker) = &*it.pat else { return None };
    let name = marker.mac.path.get_ident().filter(|name| *name == FOR_AWAIT)?;
    let attributes = &it.attrs;
    let statements = &it.body.stmts;
    let lowered = lowering.for_await(
        name.span(),
        it.label.as_ref(),
        &marker.mac.tokens,
        &it.expr.to_token_stream(),
        &quote!(#(#statements)*),
    );
    Some(quote!(#(#attributes)* #lowered))
}
