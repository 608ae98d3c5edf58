//! Recognises attributes.

use proc_macro2::TokenStream;
use syn::buffer::{Cursor, TokenBuffer};

use crate::cursor::{bracket, keyword, parenthesis, punct};

/// Returns the place after the `#[…]` or `#![…]` here.
pub(crate) fn end(at: Cursor<'_>) -> Option<Cursor<'_>> {
    let (_, after) = punct(at, '#')?;
    let after = punct(after, '!').map_or(after, |(_, after)| after);
    bracket(after).map(|(_, after)| after)
}

/// Returns the predicate of the `#[cfg(…)]` here.
pub(crate) fn cfg(at: Cursor<'_>) -> Option<TokenStream> {
    let (_, bracket_at) = punct(at, '#')?;
    let (inner, _) = bracket(bracket_at)?;
    let buffer = TokenBuffer::new2(inner.stream());
    let (_, predicate) = keyword(buffer.begin(), "cfg")?;
    parenthesis(predicate).map(|(predicate, _)| predicate.stream())
}
