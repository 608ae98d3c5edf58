//! Where messages point to.

use proc_macro2::{Ident, Span, TokenStream};

/// The first and the last of some tokens of the user's.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Place {
    pub(crate) fn of(tokens: TokenStream) -> Self {
        let mut spans = tokens.into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Self { first, last: spans.last().unwrap_or(first) }
    }

    pub(crate) fn at(span: Span) -> Self {
        Self { first: span, last: span }
    }
}

/// The runtime's `$crate`, and with it the view of whoever wrote `EventStream!`: tokens with
/// that view are out of the way of the user's names and lints.
#[derive(Clone)]
pub(crate) struct Runtime(pub(crate) Ident);

impl Runtime {
    /// For generated tokens that messages shall find at `place`.
    pub(crate) fn hidden(&self, place: Span) -> Span {
        place.resolved_at(self.0.span())
    }

    /// The path to the runtime, for messages that point to `place`.
    pub(crate) fn at(&self, place: Span) -> Ident {
        let mut krate = self.0.clone();
        krate.set_span(self.hidden(place));
        krate
    }
}
