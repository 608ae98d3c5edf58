//! Finds where an expression, a closure, a statement or an item ends.
//!
//! syn decides wherever it can parse the tokens. Where it can't, in the arguments of a macro or in
//! unfinished code, a scan for punctuation and keywords has to do.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{Parse, ParseStream, Parser, Result};
use syn::{Arm, Expr, ExprClosure, FieldValue, Stmt};

use crate::cursor::{
    arrow, between, brace, ends_operand, find, is_ident, is_punct, keyword, punct, skip,
};
use crate::for_await;

/// Returns the end of the expression that begins here, if one does. In the head of an `if`, a `match` or a
/// loop, the body ends it.
pub(crate) fn expression(at: Cursor<'_>, in_head: bool) -> Cursor<'_> {
    if !begins_expression(at) {
        return at;
    }
    let parse = if in_head { Expr::parse_without_eager_brace } else { Expr::parse };
    let ends = |end: &Cursor<'_>| {
        let begins = |name| keyword(*end, name).is_some();
        let closes = |char| punct(*end, char).is_some();
        let is_end = end.eof() || closes(';') || closes(',') || is_arrow(*end);
        let begins_other = ["yield", "let", "else"].into_iter().any(begins);
        is_end || begins_other || (in_head && brace(*end).is_some())
    };
    parsed_by(at, parse).filter(ends).unwrap_or_else(|| scanned_expression(at))
}

/// Returns whether an expression may begin here, which none does after the `yield` of `yield?`.
fn begins_expression(at: Cursor<'_>) -> bool {
    match at.punct() {
        Some((punct, _)) if punct.as_char() == '.' => punct.spacing() == Spacing::Joint,
        Some((punct, _)) => !"?=+/%^>,;@~".contains(punct.as_char()),
        None => !at.eof(),
    }
}

/// Returns the end of an expression that syn can't parse: a `;`, a `=>`, the beginning of the next
/// statement, or a `,` that isn't between the angle brackets of a turbofish.
fn scanned_expression(mut at: Cursor<'_>) -> Cursor<'_> {
    let mut depth = 0_usize;
    let mut previous: Option<TokenTree> = None;
    while let Some((tree, after)) = at.token_tree() {
        let follows = |char| previous.as_ref().is_some_and(|it| is_punct(it, char));
        let begins = is_ident(&tree, "yield") || is_ident(&tree, "let");
        if begins && (follows('.') || previous.as_ref().is_some_and(ends_operand)) {
            return at;
        }
        // As in `<T as Trait>::f()`.
        let begins_path = !follows('<') && !previous.as_ref().is_some_and(ends_operand);
        if let TokenTree::Punct(it) = &tree {
            match it.as_char() {
                ';' => return at,
                ',' if depth == 0 => return at,
                '=' if depth == 0 && is_arrow(at) => return at,
                '<' if depth > 0 || follows(':') || begins_path => depth += 1,
                // The `>` of a `->` closes nothing.
                '>' if !follows('-') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        previous = Some(tree);
        at = after;
    }
    at
}

/// Returns whether this is `=>`.
fn is_arrow(at: Cursor<'_>) -> bool {
    arrow(at, '=').is_some()
}

/// Returns the body of the closure that begins at `at`, and its end. Its first `|` comes before
/// `parameters`. Returns `None` for a pattern, which may begin with a `|` as well.
pub(crate) fn closure<'t>(
    at: Cursor<'t>,
    parameters: Cursor<'t>,
) -> Option<(Cursor<'t>, Cursor<'t>)> {
    let bar = find(parameters, |at| punct(at, '|').or(punct(at, ';')).or(arrow(at, '=')))?;
    let (_, body) = punct(bar, '|')?;
    let end = match (parsed::<ExprClosure>(at), arrow(body, '-')) {
        (Some(end), _) => end,
        (None, Some(_)) => brace(find(body, brace)?)?.1,
        (None, None) => scanned_expression(body),
    };
    (!is_arrow(end)).then_some((body, end))
}

/// Returns the body of the item that begins here, if it has one. Braces between angle brackets are
/// constants.
pub(crate) fn body(mut at: Cursor<'_>) -> Option<Cursor<'_>> {
    let mut depth = 0_usize;
    loop {
        let (tree, after) = at.token_tree()?;
        if let Some((_, after)) = arrow(at, '-') {
            at = after;
            continue;
        }
        match &tree {
            TokenTree::Punct(it) if it.as_char() == ';' => return None,
            TokenTree::Punct(it) if it.as_char() == '<' => depth += 1,
            TokenTree::Punct(it) if it.as_char() == '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 && brace(at).is_some() => return Some(at),
            _ => {}
        }
        at = after;
    }
}

/// Returns the place after the next `;`, or the end.
pub(crate) fn up_to_semicolon(mut at: Cursor<'_>) -> Cursor<'_> {
    while let Some((tree, after)) = at.token_tree() {
        at = after;
        if is_punct(&tree, ';') {
            break;
        }
    }
    at
}

/// Returns the body of the `for await` whose stream begins here.
pub(crate) fn stream(at: Cursor<'_>) -> Option<Cursor<'_>> {
    match parsed_by(at, Expr::parse_without_eager_brace) {
        Some(end) => brace(end).map(|_| end),
        None => find(at, brace),
    }
}

/// Returns the end of what an attribute before this place belongs to: an arm, a statement, a field, or an
/// expression in a list or at the end of a block.
pub(crate) fn annotated(at: Cursor<'_>) -> Option<Cursor<'_>> {
    let listed = |end: &Cursor<'_>| end.eof() || punct(*end, ',').is_some();
    parsed::<Arm>(at)
        .or_else(|| parsed::<Stmt>(at))
        .or_else(|| parsed::<FieldValue>(at).filter(listed))
        .or_else(|| parsed::<Expr>(at).filter(listed))
}

fn parsed<T: Parse>(at: Cursor<'_>) -> Option<Cursor<'_>> {
    parsed_by(at, T::parse)
}

/// Returns the end of what can be parsed from here, up to the next `;`.
fn parsed_by<T>(
    at: Cursor<'_>,
    parse: impl FnOnce(ParseStream<'_>) -> Result<T>,
) -> Option<Cursor<'_>> {
    let tokens = for_await::as_for(between(at, up_to_semicolon(at)));
    let parse_then_rest = |input: ParseStream<'_>| {
        parse(input)?;
        input.parse::<TokenStream>()
    };
    let rest = parse_then_rest.parse2(tokens.clone()).ok()?;
    // Parsing may end inside a group without delimiters. What remains can then be more trees than there were.
    let count = |tokens: TokenStream| tokens.into_iter().count();
    let parsed = count(tokens).checked_sub(count(rest)).filter(|&parsed| parsed > 0)?;
    skip(at, parsed)
}
