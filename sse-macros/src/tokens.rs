//! Finds the block's own syntax where there are tokens alone: within macros, and in a block that
//! does not parse, which is how every block looks while someone types it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::buffer::{Cursor, TokenBuffer};
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Token};

use crate::cursor::{
    arrow, between, brace, ends_operand, find, group, ident, is_ident, is_punct, keyword,
    macro_call, punct, regroup,
};
use crate::for_await;
use crate::lowering::Lowering;
use crate::rules::{self, Scope};

/// Lowers what is found in the tokens; everything else stays as it is.
pub(crate) fn lower(tokens: TokenStream, lowering: &mut Lowering<'_>) -> TokenStream {
    let buffer = TokenBuffer::new2(tokens);
    let mut place = Place { at: buffer.begin(), previous: None, repeats: false, let_: Let::No };
    let mut out = TokenStream::new();
    while !place.at.eof() {
        let (tokens, after) = place.construct(lowering);
        out.extend(tokens);
        place.advance(after);
    }
    out
}

/// A place in the tokens.
struct Place<'t> {
    at: Cursor<'t>,
    previous: Option<TokenTree>,
    /// Whether the previous token ends a macro's repetition, `$( … )`.
    repeats: bool,
    let_: Let,
}

/// How far a `let … else { … };` has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Let {
    No,
    Begun,
    /// The previous token is the `else`.
    Else,
    /// The previous token is the block, so that the statement ends here.
    Ended,
}

/// What a construct became, and what comes after it.
type Lowered<'t> = (TokenStream, Cursor<'t>);

impl<'t> Place<'t> {
    fn advance(&mut self, to: Cursor<'t>) {
        self.let_ = self.let_after();
        let dollar = self.previous.as_ref().is_some_and(|tree| is_punct(tree, '$'));
        self.repeats = dollar && group(self.at).is_some();
        self.previous = between(self.at, to).into_iter().last();
        self.at = to;
    }

    /// Whether a statement may begin here.
    fn begins(&self) -> bool {
        match &self.previous {
            None => true,
            Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
            Some(tree) => is_punct(tree, ';'),
        }
    }

    fn let_after(&self) -> Let {
        let begins = self.begins();
        if keyword(self.at, "let").is_some() && begins {
            return Let::Begun;
        }
        match self.let_ {
            Let::Begun if keyword(self.at, "else").is_some() && !begins => Let::Else,
            Let::Begun if punct(self.at, ';').is_none() => Let::Begun,
            Let::Else => Let::Ended,
            _ => Let::No,
        }
    }

    fn construct(&self, lowering: &mut Lowering<'_>) -> Lowered<'t> {
        self.macro_call(lowering)
            .or_else(|| self.yielded(lowering))
            .or_else(|| self.for_await(lowering))
            .or_else(|| self.unfinished_for_await(lowering))
            .or_else(|| self.plain_for(lowering))
            .or_else(|| self.or())
            .or_else(|| self.closure(lowering))
            .or_else(|| self.inner_block(lowering))
            .or_else(|| self.returned(lowering))
            .unwrap_or_else(|| self.token(lowering))
    }

    fn macro_call(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (name, arguments) = macro_call(self.at)?;
        let (_, after) = group(arguments)?;
        if rules::is_generator(&name) {
            return Some((between(self.at, after), after));
        }
        Some(lowering.within_macro(|lowering| self.up_to_group(arguments, lowering)))
    }

    fn yielded(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (yield_, event) = keyword(self.at, "yield")?;
        let end = expression_end(event);
        let event = lower(between(event, end), lowering);
        let mut tokens = self.missing_semicolon(lowering);
        tokens.extend(lowering.yielded(yield_.span(), event));
        Some((tokens, end))
    }

    /// A `yield` or `let` begins a statement: what comes before it has ended, even if its `;` is
    /// still to be typed.
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
            let span = match previous {
                TokenTree::Group(group) => group.span_close(),
                _ => previous.span(),
            };
            lowering.errors.push(Error::new(span, rules::NO_SEMICOLON));
        }
        let semicolon = Token![;](previous.span());
        if ends || is_punct(previous, '.') { quote!(#semicolon) } else { TokenStream::new() }
    }

    fn for_await(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let head = for_await::head(self.at)?;
        let body_at = stream_end(head.stream)?;
        let (body, after) = group(body_at)?;
        let stream = lower(between(head.stream, body_at), lowering);
        let body = lower(body.stream(), lowering);
        let label = head.label.as_ref();
        let tokens = lowering.for_await(head.await_span, label, &head.pattern, &stream, &body);
        Some((tokens, after))
    }

    /// Only its body is left, and an error that says what is wrong.
    fn unfinished_for_await(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (await_span, mut after) = for_await::keywords(self.at)?;
        if lowering.in_macro {
            return None;
        }
        lowering.errors.push(Error::new(await_span, rules::NO_FOR_AWAIT));
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

    /// Up to its body.
    fn plain_for(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let labelled = self.previous.as_ref().is_some_and(|tree| is_punct(tree, ':'));
        // Not that of `impl Trait for Type`.
        let (_, pattern) = keyword(self.at, "for").filter(|_| labelled || self.begins())?;
        if lowering.in_macro {
            return None;
        }
        let in_ = find(pattern, |at| keyword(at, "in"))?;
        let (_, of) = keyword(in_, "in")?;
        let body = stream_end(of)?;
        let iterated = lowering.iterated(&syn::parse2(between(of, body)).ok()?)?;
        let mut tokens = between(self.at, of);
        tokens.extend(lower(iterated, lowering));
        Some((tokens, body))
    }

    /// `a || b`, which begins no closure.
    fn or(&self) -> Option<Lowered<'t>> {
        let (_, second) = punct(self.at, '|')?;
        let (_, after) = punct(second, '|').filter(|_| self.is_after_operand())?;
        Some((between(self.at, after), after))
    }

    fn is_after_operand(&self) -> bool {
        self.previous.as_ref().is_some_and(ends_operand)
    }

    fn closure(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let async_ = keyword(self.at, "async");
        let bar = async_.as_ref().map_or(self.at, |(_, after)| *after);
        let bar = keyword(bar, "move").map_or(bar, |(_, after)| after);
        let (_, parameters) = punct(bar, '|')?;
        if bar == self.at && self.is_after_operand() {
            return None;
        }
        let (_, body) = punct(find(parameters, |at| punct(at, '|'))?, '|')?;
        let end = match arrow(body, '-') {
            Some(_) => brace(find(body, brace)?)?.1,
            None => expression_end(body),
        };
        if arrow(end, '=').is_some() {
            // A pattern that begins with a `|`.
            return None;
        }
        let scope = if async_.is_some() { Scope::Async } else { Scope::Closure };
        let mut tokens = between(self.at, body);
        tokens.extend(lowering.within(scope, |it| lower(between(body, end), it)));
        Some((tokens, end))
    }

    /// `async {…}`, `async move {…}`, `const {…}`, `fn name … {…}`
    fn inner_block(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (name, after) = ident(self.at)?;
        let (scope, block) = match &*name.to_string() {
            "async" => (Scope::Async, keyword(after, "move").map_or(after, |(_, after)| after)),
            "const" => (Scope::Const, after),
            "fn" => (Scope::Function, find(ident(after)?.1, brace)?),
            _ => return None,
        };
        brace(block)?;
        Some(lowering.within(scope, |lowering| self.up_to_group(block, lowering)))
    }

    /// Without a value: what is returned then depends on whether the block can fail. A value is
    /// Rust's own to return, from wherever the macro puts it.
    fn returned(&self, lowering: &mut Lowering<'_>) -> Option<Lowered<'t>> {
        let (return_, after) = keyword(self.at, "return")?;
        if lowering.scope != Scope::Block || expression_end(after) != after {
            return None;
        }
        let value = lowering.returned(return_.span());
        Some((quote!(#return_ #value), after))
    }

    fn token(&self, lowering: &mut Lowering<'_>) -> Lowered<'t> {
        let Some((tree, after)) = self.at.token_tree() else {
            return (TokenStream::new(), self.at);
        };
        if is_punct(&tree, '?') && self.is_after_operand() && !self.repeats {
            lowering.question_mark(tree.span());
        }
        match &tree {
            TokenTree::Group(_) => self.up_to_group(self.at, lowering),
            _ if is_ident(&tree, "let") => {
                let semicolon = self.missing_semicolon(lowering);
                (quote!(#semicolon #tree), after)
            }
            _ => (tree.into(), after),
        }
    }

    /// The tokens up to a group as they are, and the group, lowered.
    fn up_to_group(&self, at: Cursor<'t>, lowering: &mut Lowering<'_>) -> Lowered<'t> {
        let mut tokens = between(self.at, at);
        let Some((group, after)) = group(at) else { return (tokens, at) };
        let group = regroup(&group, |inner| lower(inner, lowering));
        tokens.extend([TokenTree::from(group)]);
        (tokens, after)
    }
}

/// Where the expression ends that begins here: at a `;`, or a `,` that is not between the angle
/// brackets of a turbofish, at a `=>`, or where the next statement begins.
fn expression_end(mut at: Cursor<'_>) -> Cursor<'_> {
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
                '=' if depth == 0 && arrow(at, '=').is_some() => return at,
                '<' if depth > 0 || follows(':') || begins_path => depth += 1,
                // That of a `->` closes nothing.
                '>' if !follows('-') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        previous = Some(tree);
        at = after;
    }
    at
}

/// Where the body of a `for await` begins, whose stream begins here.
fn stream_end(at: Cursor<'_>) -> Option<Cursor<'_>> {
    let stream_then_rest = |input: ParseStream<'_>| {
        input.call(Expr::parse_without_eager_brace)?;
        input.parse::<TokenStream>()
    };
    let Ok(rest) = stream_then_rest.parse2(at.token_stream()) else { return find(at, brace) };
    // What is left of a group without delimiters, a macro's argument, can be more than there was.
    let count = |tokens: TokenStream| tokens.into_iter().count();
    let stream = count(at.token_stream()).checked_sub(count(rest))?;
    let end = (0..stream).try_fold(at, |at, _| Some(at.token_tree()?.1))?;
    brace(end).map(|_| end)
}
