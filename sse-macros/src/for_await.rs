//! Recognises `for await`.

use proc_macro2::{Punct, Spacing, Span, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::{Label, Token};

use crate::cursor::{between, find, is_ident, keyword, punct, regroup};

/// `'label: for await pattern in`
pub(crate) struct Head<'t> {
    pub(crate) label: Option<Label>,
    pub(crate) await_span: Span,
    pub(crate) pattern: TokenStream,
    /// What comes after the `in`.
    pub(crate) stream: Cursor<'t>,
}

/// Returns the head of the loop that begins here.
pub(crate) fn head(at: Cursor<'_>) -> Option<Head<'_>> {
    let (label, for_) = label(at).unzip();
    let (await_span, pattern) = keywords(for_.unwrap_or(at))?;
    let in_ = find(pattern, |at| keyword(at, "in")).filter(|in_| *in_ != pattern)?;
    let (_, stream) = keyword(in_, "in")?;
    Some(Head { label, await_span, pattern: between(pattern, in_), stream })
}

/// Takes `for await`, and returns the span of the `await`.
pub(crate) fn keywords(at: Cursor<'_>) -> Option<(Span, Cursor<'_>)> {
    let (_, at) = keyword(at, "for")?;
    keyword(at, "await").map(|(await_, after)| (await_.span(), after))
}

// from: for await pattern in …
// into: for | pattern in …
//
// syn can parse this, and it has as many tokens.
pub(crate) fn as_for(tokens: TokenStream) -> TokenStream {
    let mut after_for = false;
    let trees = tokens.into_iter().map(|tree| {
        let is_await = after_for && is_ident(&tree, "await");
        after_for = is_ident(&tree, "for");
        match tree {
            TokenTree::Group(group) => regroup(&group, as_for).into(),
            tree if is_await => bar(tree.span()).into(),
            tree => tree,
        }
    });
    trees.collect()
}

fn bar(span: Span) -> Punct {
    let mut bar = Punct::new('|', Spacing::Alone);
    bar.set_span(span);
    bar
}

/// Takes `'label:`.
fn label(at: Cursor<'_>) -> Option<(Label, Cursor<'_>)> {
    // This looks into a group without delimiters: the label may be a fragment.
    let (name, at) = at.lifetime()?;
    let (colon, after) = punct(at, ':')?;
    Some((Label { name, colon_token: Token![:](colon.span()) }, after))
}
