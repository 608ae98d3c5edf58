//! Whether a block ends with a value.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Macro, Path, Stmt};

use crate::input::Body;
use crate::place::Place;
use crate::tokens;

/// The last expression of a block, by its syntax.
#[derive(Clone, Copy)]
pub(crate) enum Tail {
    /// None, or one that has no value if it ever ends.
    Nothing,
    /// A macro's call, whatever that becomes.
    Macro(Place),
    /// One that may have a value, so that the types must tell which.
    Value(Place),
}

impl Tail {
    pub(crate) fn of(body: &Body) -> Self {
        match body {
            Body::Statements(statements) => of_statements(statements),
            Body::Tokens(tokens) if last_punct(tokens).is_some() => Self::Nothing,
            Body::Tokens(tokens) => Self::Value(Place::of(tokens.clone())),
        }
    }

    /// Where the value stands, if there is one. A fallible block may end with any macro:
    /// it counts as a statement.
    pub(crate) fn place(self, fallible: bool) -> Option<Place> {
        match self {
            Self::Value(place) => Some(place),
            Self::Macro(place) => (!fallible).then_some(place),
            Self::Nothing => None,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Value(_), _) | (_, Self::Nothing) => self,
            _ => other,
        }
    }
}

/// The punctuation that tokens end with, if that ends no expression: `;`, or a `.` behind
/// which something is still to be typed.
pub(crate) fn last_punct(tokens: &TokenStream) -> Option<char> {
    match tokens.clone().into_iter().last()? {
        TokenTree::Punct(last) => Some(last.as_char()).filter(|&last| last != '?'),
        _ => None,
    }
}

fn of_statements(statements: &[Stmt]) -> Tail {
    match statements.last() {
        Some(Stmt::Expr(expr, None)) => of_expr(expr),
        Some(Stmt::Macro(call)) if call.semi_token.is_none() => of_macro(&call.mac),
        _ => Tail::Nothing,
    }
}

fn of_expr(expr: &Expr) -> Tail {
    let value = || Tail::Value(Place::of(expr.to_token_stream()));
    match expr {
        Expr::Yield(_) | Expr::While(_) | Expr::ForLoop(_) | Expr::Return(_) => Tail::Nothing,
        Expr::Loop(it) if !tokens::breaks_with_value(it.to_token_stream()) => Tail::Nothing,
        Expr::If(it) => match &it.else_branch {
            Some((_, else_)) => of_statements(&it.then_branch.stmts).or(of_expr(else_)),
            None => Tail::Nothing,
        },
        Expr::Match(it) => {
            it.arms.iter().map(|arm| of_expr(&arm.body)).fold(Tail::Nothing, Tail::or)
        }
        Expr::Block(it) if it.label.is_none() => of_statements(&it.block.stmts),
        Expr::Macro(it) => of_macro(&it.mac),
        Expr::Call(it) if is_process_end(&it.func) => Tail::Nothing,
        Expr::Await(it) => match &*it.base {
            Expr::Call(call) if is_pending(&call.func) => Tail::Nothing,
            _ => value(),
        },
        _ => value(),
    }
}

fn of_macro(call: &Macro) -> Tail {
    if ends_with(&call.path, &["panic", "todo", "unimplemented", "unreachable"]) {
        Tail::Nothing
    } else {
        Tail::Macro(Place::of(call.to_token_stream()))
    }
}

/// `process::exit`, `process::abort`
fn is_process_end(function: &Expr) -> bool {
    let Expr::Path(it) = function else { return false };
    let mut names = it.path.segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(|name| name == "exit" || name == "abort")
        && names.next().is_some_and(|name| name == "process")
}

/// `future::pending`, or by its name alone
fn is_pending(function: &Expr) -> bool {
    matches!(function, Expr::Path(it) if ends_with(&it.path, &["pending"]))
}

fn ends_with(path: &Path, names: &[&str]) -> bool {
    path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
}
