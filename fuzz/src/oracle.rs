//! Checks what holds for every output of the macro.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Type, parse2};

use crate::cursor;
use crate::input::{self, Input};

/// Returns the tokens as plain Rust, with each `for await` replaced by a `for`.
fn plain(tokens: TokenStream) -> TokenStream {
    let mut after_for = false;
    let trees = tokens.into_iter().filter_map(|tree| {
        let is_await = std::mem::replace(&mut after_for, cursor::is_ident(&tree, "for"))
            && cursor::is_ident(&tree, "await");
        (!is_await).then(|| match tree {
            TokenTree::Group(group) => cursor::regroup(&group, plain).into(),
            tree => tree,
        })
    });
    trees.collect()
}

#[derive(Default)]
struct Yields {
    any: bool,
    /// Whether a `yield` is a left operand, or a `let` is returned. The compiler accepts neither, and its
    /// own message is enough.
    operand: bool,
}

impl VisitMut for Yields {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let operand = match &*expr {
            Expr::Assign(it) => Some(&it.left),
            Expr::Binary(it) => Some(&it.left),
            Expr::Cast(it) => Some(&it.expr),
            Expr::Range(it) => it.start.as_ref(),
            Expr::Await(it) => Some(&it.base),
            Expr::Field(it) => Some(&it.base),
            Expr::MethodCall(it) => Some(&it.receiver),
            Expr::Try(it) => Some(&it.expr),
            _ => None,
        };
        self.any |= matches!(expr, Expr::Yield(_));
        self.operand |= operand.is_some_and(|it| matches!(**it, Expr::Yield(_)));
        // syn takes a `let` for an expression, and the compiler doesn't.
        let value = if let Expr::Return(it) = &*expr { it.expr.as_deref() } else { None };
        self.operand |= value.is_some_and(|it| matches!(it, Expr::Let(_)));
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// Returns whether there are groups without delimiters. The compiler makes them only from whole
/// expressions, types and patterns, but the edits make them from anything.
fn has_bare_group(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::None || has_bare_group(group.stream())
        }
        _ => false,
    })
}

/// Returns whether these are statements that the compiler could accept.
fn is_block(input: TokenStream) -> bool {
    let Ok(mut statements) = Block::parse_within.parse2(plain(input.clone())) else {
        return false;
    };
    let mut yields = Yields::default();
    for statement in &mut statements {
        yields.visit_stmt_mut(statement);
    }
    !yields.operand && !has_bare_group(input)
}

/// Returns whether this is an expression with no `yield` left outside of macros.
fn is_lowered(output: TokenStream) -> bool {
    let Ok(mut output) = parse2(output) else { return false };
    let mut yields = Yields::default();
    yields.visit_expr_mut(&mut output);
    !yields.any
}

/// Returns whether the output is Rust without any of our syntax left, if the input was Rust.
pub(crate) fn is_right(input: TokenStream, output: TokenStream) -> bool {
    match input::parse(input.clone()) {
        Input::Type(_) | Input::BadType(_) => parse2::<Type>(output).is_ok(),
        Input::Block(_) => !is_block(input) || is_lowered(output),
    }
}
