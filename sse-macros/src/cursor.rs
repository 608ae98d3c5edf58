//! Steps over tokens. Unlike those of syn's `Cursor`, they never look into a group without delimiters,
//! which is a whole operand: a fragment that was passed to a macro.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::Lifetime;
use syn::buffer::{Cursor, TokenBuffer};

/// What was found at a place in the tokens, and the place after it.
pub(crate) type Step<'t, T> = Option<(T, Cursor<'t>)>;

pub(crate) fn ident(at: Cursor<'_>) -> Step<'_, Ident> {
    if at.any_group().is_some() { None } else { at.ident() }
}

pub(crate) fn lifetime(at: Cursor<'_>) -> Step<'_, Lifetime> {
    if at.any_group().is_some() { None } else { at.lifetime() }
}

pub(crate) fn group(at: Cursor<'_>) -> Step<'_, Group> {
    match at.token_tree()? {
        (TokenTree::Group(group), after) => Some((group, after)),
        _ => None,
    }
}

/// Takes braces, or a `$b:block` fragment, which is braces in a group without delimiters.
pub(crate) fn brace(at: Cursor<'_>) -> Step<'_, Group> {
    let (group, after) = group(at)?;
    in_braces(group).map(|group| (group, after))
}

fn in_braces(group: Group) -> Option<Group> {
    let mut inner = group.stream().into_iter();
    match (group.delimiter(), inner.next(), inner.next()) {
        (Delimiter::Brace, ..) => Some(group),
        (Delimiter::None, Some(TokenTree::Group(group)), None) => in_braces(group),
        _ => None,
    }
}

pub(crate) fn bracket(at: Cursor<'_>) -> Step<'_, Group> {
    group(at).filter(|(group, _)| group.delimiter() == Delimiter::Bracket)
}

pub(crate) fn parenthesis(at: Cursor<'_>) -> Step<'_, Group> {
    group(at).filter(|(group, _)| group.delimiter() == Delimiter::Parenthesis)
}

pub(crate) fn keyword<'t>(at: Cursor<'t>, name: &str) -> Step<'t, Ident> {
    ident(at).filter(|(ident, _)| ident == name)
}

pub(crate) fn punct(at: Cursor<'_>, char: char) -> Step<'_, Punct> {
    if at.any_group().is_some() {
        return None;
    }
    at.punct().filter(|(punct, _)| punct.as_char() == char)
}

/// Returns the first place in this group, from here on, where `step` finds what it looks for.
pub(crate) fn find<'t, T>(
    mut at: Cursor<'t>,
    step: impl Fn(Cursor<'t>) -> Step<'t, T>,
) -> Option<Cursor<'t>> {
    while step(at).is_none() {
        (_, at) = at.token_tree()?;
    }
    Some(at)
}

/// Returns the tokens from here up to there, which is later in the same group.
pub(crate) fn between(mut from: Cursor<'_>, to: Cursor<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while from != to
        && let Some((tree, after)) = from.token_tree()
    {
        tokens.extend([tree]);
        from = after;
    }
    tokens
}

/// Returns the place after this many token trees.
pub(crate) fn skip(at: Cursor<'_>, trees: usize) -> Option<Cursor<'_>> {
    (0..trees).try_fold(at, |at, _| Some(at.token_tree()?.1))
}

/// Takes the call of a macro up to its arguments: `name!` of `name!(…)`, `macro_rules! name` of
/// `macro_rules! name {…}`.
pub(crate) fn macro_call(at: Cursor<'_>) -> Step<'_, Ident> {
    let (name, after) = ident(at).filter(|(name, _)| !is_keyword(name))?;
    let (_, after) = punct(after, '!').filter(|(bang, _)| bang.spacing() == Spacing::Alone)?;
    let arguments = ident(after).map_or(after, |(_, after)| after);
    group(arguments).map(|_| (name, arguments))
}

/// Takes `=>` or `->`, whichever begins with this character.
pub(crate) fn arrow(at: Cursor<'_>, first: char) -> Step<'_, Punct> {
    let (first, after) = punct(at, first)?;
    punct(after, '>').filter(|_| first.spacing() == Spacing::Joint)
}

/// Returns whether an expression may end with this token, so that a `?` after it is the operator, and a
/// `|` doesn't begin a closure.
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

/// Returns the same group with other contents.
pub(crate) fn regroup(group: &Group, change: impl FnOnce(TokenStream) -> TokenStream) -> Group {
    spanned(group.delimiter(), change(group.stream()), group.span())
}

pub(crate) fn braces(tokens: TokenStream, span: Span) -> Group {
    spanned(Delimiter::Brace, tokens, span)
}

pub(crate) fn spanned(delimiter: Delimiter, tokens: TokenStream, span: Span) -> Group {
    let mut group = Group::new(delimiter, tokens);
    group.set_span(span);
    group
}

/// <https://doc.rust-lang.org/reference/keywords.html>, except `gen`, which is a name in
/// edition 2021 and has no use yet in later ones.
fn is_keyword(name: &Ident) -> bool {
    const KEYWORDS: [&str; 51] = [
        "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
        "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if",
        "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv",
        "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true",
        "try", "type", "typeof", "unsafe", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.iter().any(|keyword| name == keyword)
}

/// Returns the name and the arguments, if this is a call such as `Ok(event)` and nothing else.
pub(crate) fn call(tokens: &TokenStream) -> Option<(Ident, TokenStream)> {
    let buffer = TokenBuffer::new2(tokens.clone());
    let (name, after) = ident(buffer.begin())?;
    let (arguments, after) = parenthesis(after)?;
    after.eof().then(|| (name, arguments.stream()))
}
