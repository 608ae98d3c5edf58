//! Finds the tail of a block: the expression whose value the block has.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Block, Stmt, Token};

use crate::cursor::call;
use crate::for_await;
use crate::spans::Spans;

pub(crate) struct Tail {
    /// The last expression, if there is one.
    pub(crate) spans: Option<Spans>,
    /// Whether it is an `Err(…)` and nothing else.
    pub(crate) is_err: bool,
    /// Added after a last expression that is still being typed.
    pub(crate) semicolon: Option<Token![;]>,
}

impl Tail {
    pub(crate) fn of(block: &TokenStream) -> Self {
        if let Ok(statements) = Block::parse_within.parse2(for_await::as_for(block.clone())) {
            let last = last_expression(&statements);
            let is_err = last.as_ref().and_then(call).is_some_and(|(name, _)| name == "Err");
            return Self { spans: last.map(Spans::of), is_err, semicolon: None };
        }
        let spans = Spans::of(block.clone());
        let semicolon = is_unfinished(block).then(|| Token![;](spans.last));
        Self { spans: Some(spans), is_err: false, semicolon }
    }
}

fn last_expression(statements: &[Stmt]) -> Option<TokenStream> {
    match statements.last()? {
        Stmt::Expr(end, None) => Some(end.to_token_stream()),
        Stmt::Macro(end) if end.semi_token.is_none() => Some(end.to_token_stream()),
        _ => None,
    }
}

/// Returns whether the block ends with punctuation that no expression ends with, such as a `.` before a
/// name that is still to be typed.
fn is_unfinished(block: &TokenStream) -> bool {
    match block.clone().into_iter().last() {
        Some(TokenTree::Punct(last)) => ![';', '?'].contains(&last.as_char()),
        _ => false,
    }
}
