//! Finds the block's own syntax in its tokens, and leaves all else as it is. It doesn't parse the block,
//! so that it also sees into the arguments of macros, and into a block that is still being typed.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::buffer::{Cursor, TokenBuffer};
use syn::{Error, Token};

use crate::cursor::{
    between, brace, ends_operand, group, ident, is_ident, is_punct, keyword, lifetime, macro_call,
    punct, regroup,
};
use crate::lowering::Lowering;
use crate::place::{Ends, Let, Place};
use crate::rules::{self, Scope};
use crate::{attribute, extent, for_await};

/// Lowers the block's own syntax in these tokens.
pub(crate) fn lower(tokens: TokenStream, lowering: &mut Lowering<'_>) -> TokenStream {
    let buffer = TokenBuffer::new2(tokens);
    let mut place = Place::new(buffer.begin());
    let mut out = TokenStream::new();
    while !place.at.eof() {
        let (tokens, after) = place.construct(lowering);
        out.extend(tokens);
        place.advance(after);
    }
    out
}

/// Lowers what the rules of a `macro_rules!` expand to, but not their patterns.
fn lower_rules(rules: TokenStream, lowering: &mut Lowering<'_>) -> TokenStream {
    let mut follows_arrow = false;
    let mut follows_equals = false;
    let trees = rules.into_iter().map(|tree| {
        let lowered = match &tree {
            TokenTree::Group(group) if follows_arrow => {
                regroup(group, |expansion| lower(expansion, lowering)).into()
            }
            _ => tree.clone(),
        };
        follows_arrow = follows_equals && is_punct(&tree, '>');
        follows_equals = is_punct(&tree, '=');
        lowered
    });
    trees.collect()
}

/// The tokens that a construct is lowered to, and the place after it.
type Lowered<'t> = (TokenStream, Cursor<'t>);

impl<'t> Place<'t> {
    fn construct(&self, lowering: &mut Lowering<'_>) -> Lowered<'t> {
        self.attribute(lowering)
            .or_else(|| self.macro_call(lowering))
            .or_else(|| self.yielded(lowering))
            .or_else(|| self.for_await(lowering))
            .or_else(|| self.unfinished_for_await(lowering))
            .or_else(|| self.or())
            .or_else(|| self.closure(lowering))
            .or_else(|| self.inner_scope(lowering))
            .or_else(|| self.returned(lowering))
            .unwrap_or_else(|| self.token(lowering))
    }

    /// Passes an attribute; after a `#[cfg(…)]`, lowers what may be removed.
    fn attribute(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let after = attribute::end(self.at)?;
        let mut tokens = between(self.at, after);
        let removed = attribute::cfg(self.at).zip(extent::annotated(self.at));
        let Some((predicate, end)) = removed else { return Some((tokens, after)) };
        tokens.extend(lowering.under_cfg(predicate, |it| lower(between(after, end), it)));
        Some((tokens, end))
    }

    fn macro_call(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (name, arguments) = macro_call(self.at)?;
        let (tokens, after) = group(arguments)?;
        if lowering.is_generator(&name) {
            return Some((between(self.at, after), after));
        }
        let is_definition = name == "macro_rules";
        let lowered = lowering.within_macro(|it| {
            regroup(&tokens, |tokens| {
                if is_definition { lower_rules(tokens, it) } else { lower(tokens, it) }
            })
        });
        let mut tokens = between(self.at, arguments);
        tokens.extend([TokenTree::from(lowered)]);
        Some((tokens, after))
    }

    fn yielded(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (yield_, event) = keyword(self.at, "yield")?;
        let end = extent::expression(event, self.in_head);
        let event = lower(between(event, end), lowering);
        let mut tokens = self.missing_semicolon(lowering);
        let yielded = lowering.yielded(yield_.span(), event);
        // Before the `else` of a `let … else`, there can't be a `}`.
        let is_value = keyword(end, "else").is_some();
        tokens.extend(if is_value { quote!((#yielded)) } else { yielded });
        Some((tokens, end))
    }

    /// Returns the `;` that is missing before a `yield` or `let`, which begins a statement, and reports
    /// the mistake unless the compiler will.
    fn missing_semicolon(&self, lowering: &mut Lowering<'_>) -> TokenStream {
        let Some(previous) = self.previous.as_ref().filter(|_| !lowering.in_macro) else {
            return TokenStream::new();
        };
        let ends = match previous {
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Parenthesis => true,
                Delimiter::Brace => self.let_ == Let::Ended,
                _ => false,
            },
            _ => ends_operand(previous),
        };
        if ends {
            lowering.error(Error::new(last_span(previous), rules::NO_SEMICOLON));
        }
        let semicolon = Token![;](previous.span());
        let is_unfinished = is_punct(previous, '.') && self.previous_ends != Ends::Range;
        if ends || is_unfinished { quote!(#semicolon) } else { TokenStream::new() }
    }

    fn for_await(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let head = for_await::head(self.at)?;
        let body_at = extent::stream(head.stream)?;
        let (body, after) = brace(body_at)?;
        let stream = lower(between(head.stream, body_at), lowering);
        let body = lower(body.stream(), lowering);
        let label = head.label.as_ref();
        let tokens = lowering.for_await(head.await_span, label, &head.pattern, &stream, &body);
        Some((tokens, after))
    }

    /// Reports a malformed `for await`, and keeps only its body.
    fn unfinished_for_await(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (await_span, mut after) = for_await::keywords(self.at)?;
        if lowering.in_macro {
            return None;
        }
        lowering.error(Error::new(await_span, rules::NO_FOR_AWAIT));
        let mut body = TokenStream::new();
        while let Some((tree, next)) = after.token_tree() {
            let ends = is_punct(&tree, ';') || brace(after).is_some();
            after = next;
            if ends {
                body = lower(tree.into(), lowering);
                break;
            }
        }
        Some((body, after))
    }

    /// Passes the `||` of `a || b`, which doesn't begin a closure.
    fn or(&self) -> Option<Lowered<'t>> {
        let (_, second) = punct(self.at, '|')?;
        let (_, after) = punct(second, '|').filter(|_| !self.begins_operand())?;
        Some((between(self.at, after), after))
    }

    fn closure(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let async_ = keyword(self.at, "async");
        let bar = async_.as_ref().map_or(self.at, |(_, after)| *after);
        let bar = keyword(bar, "move").map_or(bar, |(_, after)| after);
        let (_, parameters) = punct(bar, '|')?;
        if bar == self.at && !self.begins_operand() {
            return None;
        }
        let (body, end) = extent::closure(self.at, parameters)?;
        let scope = if async_.is_some() { Scope::Async } else { Scope::Closure };
        let mut tokens = between(self.at, body);
        tokens.extend(lowering.within(scope, |it| lower(between(body, end), it)));
        Some((tokens, end))
    }

    /// Lowers `async {…}`, `async move {…}`, `const {…}`, `fn name … {…}`, `impl … {…}`, `enum … {…}`
    /// and `const NAME: …;`.
    fn inner_scope(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (name, after) = ident(self.at)?;
        let (scope, inner) = match &*name.to_string() {
            "async" => (Scope::Async, keyword(after, "move").map_or(after, |(_, after)| after)),
            "const" if brace(after).is_some() => (Scope::Const, after),
            "const" | "static" => return self.constant(after, lowering),
            "fn" => (Scope::Function, extent::body(ident(after)?.1)?),
            "impl" | "mod" | "trait" => (Scope::Function, extent::body(after)?),
            "enum" => (Scope::Const, extent::body(after)?),
            _ => return None,
        };
        brace(inner)?;
        Some(lowering.within(scope, |lowering| self.up_to_group(inner, lowering)))
    }

    /// Lowers `const NAME: Type = value;`, unless it is a generic parameter or `*const path::Type`.
    fn constant(&self, name: Cursor<'t>, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        if self.follows('<') || self.follows(',') {
            return None;
        }
        let name = keyword(name, "mut").map_or(name, |(_, after)| after);
        punct(ident(name)?.1, ':').filter(|(colon, _)| colon.spacing() == Spacing::Alone)?;
        let end = extent::up_to_semicolon(name);
        let mut tokens = between(self.at, name);
        tokens.extend(lowering.within(Scope::Const, |it| lower(between(name, end), it)));
        Some((tokens, end))
    }

    /// Lowers a `return`. One with a value stays as it is in a macro's tokens, since the macro may put it
    /// into a scope of its own.
    fn returned(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (return_, value) = keyword(self.at, "return")?;
        let end = extent::expression(value, self.in_head);
        if lowering.scope != Scope::Block || (lowering.in_macro && end != value) {
            return None;
        }
        let value = if end == value {
            lowering.returned(return_.span())
        } else {
            let value = lower(between(value, end), lowering);
            lowering.returned_value(&value)
        };
        Some((quote!(#return_ #value), end))
    }

    fn token(&self, lowering: &mut Lowering<'_>) -> Lowered<'t> {
        let Some((tree, after)) = self.at.token_tree() else {
            return (TokenStream::new(), self.at);
        };
        if is_punct(&tree, '?') && !self.begins_operand() && self.previous_ends != Ends::Repetition
        {
            lowering.question_mark(tree.span());
        }
        match &tree {
            TokenTree::Group(_) => self.up_to_group(self.at, lowering),
            _ if is_ident(&tree, "let") => {
                let semicolon = self.missing_semicolon(lowering);
                (quote!(#semicolon #tree), after)
            }
            _ => match lifetime(self.at) {
                Some((lifetime, after)) => (lifetime.to_token_stream(), after),
                None => (tree.into(), after),
            },
        }
    }

    /// Returns the tokens up to a group as they are, and the group, lowered.
    fn up_to_group(&self, at: Cursor<'t>, lowering: &mut Lowering<'_>) -> Lowered<'t> {
        let mut tokens = between(self.at, at);
        let Some((group, after)) = group(at) else { return (tokens, at) };
        let group = regroup(&group, |inner| lower(inner, lowering));
        tokens.extend([TokenTree::from(group)]);
        (tokens, after)
    }
}

fn last_span(tree: &TokenTree) -> Span {
    match tree {
        TokenTree::Group(group) => group.span_close(),
        _ => tree.span(),
    }
}
