//! How `for await` is recognised.

use proc_macro2::{Span, TokenStream};
use syn::buffer::Cursor;
use syn::{Label, Token};

use crate::cursor::{between, find, keyword, lifetime, punct};

/// `'label: for await pattern in`
pub(crate) struct Head<'t> {
    pub(crate) label: Option<Label>,
    pub(crate) await_span: Span,
    pub(crate) pattern: TokenStream,
    pub(crate) in_: Cursor<'t>,
    /// What comes after the `in`.
    pub(crate) stream: Cursor<'t>,
}

/// The head of the loop that begins here.
pub(crate) fn head(at: Cursor<'_>) -> Option<Head<'_>> {
    let (label, for_) = label(at).unzip();
    let (await_span, pattern) = keywords(for_.unwrap_or(at))?;
    let in_ = find(pattern, |at| keyword(at, "in")).filter(|in_| *in_ != pattern)?;
    let (_, stream) = keyword(in_, "in")?;
    Some(Head { label, await_span, pattern: between(pattern, in_), in_, stream })
}

/// `for await`: the place of the `await`, and what comes after it.
pub(crate) fn keywords(at: Cursor<'_>) -> Option<(Span, Cursor<'_>)> {
    let (_, at) = keyword(at, "for")?;
    keyword(at, "await").map(|(await_, after)| (await_.span(), after))
}

/// `'label:`
fn label(at: Cursor<'_>) -> Option<(Label, Cursor<'_>)> {
    let (name, at) = lifetime(at)?;
    let (colon, after) = punct(at, ':')?;
    Some((Label { name, colon_token: Token![:](colon.span()) }, after))
}
