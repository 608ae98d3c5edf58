//! Spans, which decide where messages point and how names are resolved.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// The first and the last span of some tokens of the user's.
#[derive(Clone, Copy)]
pub(crate) struct Spans {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Spans {
    pub(crate) fn of(tokens: TokenStream) -> Self {
        let mut spans = tokens.into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Self { first, last: spans.last().unwrap_or(first) }
    }

    pub(crate) fn at(span: Span) -> Self {
        Self { first: span, last: span }
    }
}

/// The runtime's `$crate`. Tokens that are resolved where it was written are hygienic: they don't
/// meet the user's variables and lints.
#[derive(Clone)]
pub(crate) struct CratePath(pub(crate) Ident);

impl CratePath {
    /// Returns a span for generated tokens, which messages show at `span`.
    pub(crate) fn hygienic_span(&self, span: Span) -> Span {
        span.resolved_at(self.0.span())
    }

    /// Returns the path to the runtime, for messages that point to `span`.
    pub(crate) fn at(&self, span: Span) -> Ident {
        let mut krate = self.0.clone();
        krate.set_span(self.hygienic_span(span));
        krate
    }

    /// Returns the path to the runtime's module for expansions, for messages that point to `span`.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        let here = self.hygienic_span(span);
        let (krate, module) = (self.at(span), private(here));
        quote_spanned!(here=> #krate::#module)
    }

    /// Returns a name for a variable of the expansion. It has a prefix because hygiene keeps it apart from
    /// the user's variables, but not from constants.
    pub(crate) fn variable(&self, name: &str, span: Span) -> Ident {
        Ident::new(&format!("__sse_{name}"), self.hygienic_span(span))
    }
}

/// Returns the name of the runtime's module for expansions. The version is part of it, so that an
/// expansion never uses the module of another release: instead, the compiler says that there is no such
/// module.
pub(crate) fn private(span: Span) -> Ident {
    let version = env!("CARGO_PKG_VERSION").replace(['.', '-', '+'], "_");
    Ident::new(&format!("__private_{version}"), span)
}
