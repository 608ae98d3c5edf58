//! The rules: what stands where, and what may.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};

/// Whose code it is that a `yield`, `return` or `?` stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The block's own.
    Block,
    Closure,
    Async,
    Function,
    Const,
}

impl Scope {
    /// Why there can be no `yield` here.
    pub(crate) fn forbids_yield(self) -> Option<&'static str> {
        match self {
            Self::Block => None,
            Self::Closure => Some(
                "`yield` can't stand in a closure, which can't pause the stream: \
                 use a loop, or return the event and yield it outside",
            ),
            Self::Async => Some(
                "`yield` can't stand in an inner `async` block, which is no part of the stream: \
                 let it return the event, await it, and yield that",
            ),
            Self::Function => Some(
                "`yield` can't stand in an inner item, which is no part of the stream: \
                 return the event and yield it in the block",
            ),
            Self::Const => Some("`yield` can't stand in a constant"),
        }
    }
}

pub(crate) const YIELDS_NOTHING: &str =
    "`yield` needs an event: `yield Event::data(…);`, or `Event::empty()` for one without data";

pub(crate) const NO_FOR_AWAIT: &str = "expected `for await pattern in stream { … }`";

pub(crate) const NO_SEMICOLON: &str = "expected `;` behind this";

/// Macros that have a `yield` of their own: generators. Type macros, as `EventStream!`
/// is under whatever name, are written in camel case, and no others are.
pub(crate) fn is_generator(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(char::is_uppercase)
        || matches!(&*name, "stream" | "try_stream" | "macro_rules")
}

/// The number of tokens of the macro call, `name!(…)` or `macro_rules! name {…}`, that
/// the tokens begin with.
pub(crate) fn macro_call(tokens: &[TokenTree]) -> Option<usize> {
    match tokens {
        [TokenTree::Ident(name), TokenTree::Punct(bang), rest @ ..]
            if bang.as_char() == '!' && bang.spacing() == Spacing::Alone && !is_keyword(name) =>
        {
            match rest {
                [TokenTree::Group(_), ..] => Some(3),
                [TokenTree::Ident(_), TokenTree::Group(_), ..] => Some(4),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The `await` and the pattern of the `for await pattern in …` that the tokens begin with.
pub(crate) fn for_await(tokens: &[TokenTree]) -> Option<(&Ident, &[TokenTree])> {
    match tokens {
        [TokenTree::Ident(for_), TokenTree::Ident(await_), rest @ ..]
            if for_ == "for" && await_ == "await" =>
        {
            let end = rest.iter().position(|tree| is_ident(tree, "in")).filter(|&end| end > 0)?;
            Some((await_, &rest[..end]))
        }
        _ => None,
    }
}

/// Whether an expression may end with this token, so that a `?` behind it is the
/// operator, and a `|` no closure.
pub(crate) fn ends_operand(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(name) => {
            !is_keyword(name)
                || ["await", "self", "Self", "true", "false", "_"].iter().any(|it| name == it)
        }
        TokenTree::Literal(_) | TokenTree::Group(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == '?',
    }
}

pub(crate) fn is_ident(tree: &TokenTree, name: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == name)
}

pub(crate) fn is_punct(tree: &TokenTree, char: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == char)
}

pub(crate) fn is_brace(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// The same group with other contents.
pub(crate) fn regroup(group: &Group, change: impl FnOnce(TokenStream) -> TokenStream) -> Group {
    let mut new = Group::new(group.delimiter(), change(group.stream()));
    new.set_span(group.span());
    new
}

/// <https://doc.rust-lang.org/reference/keywords.html>
fn is_keyword(name: &Ident) -> bool {
    const KEYWORDS: [&str; 52] = [
        "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
        "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
        "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv",
        "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true",
        "try", "type", "typeof", "unsafe", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.iter().any(|keyword| name == keyword)
}
