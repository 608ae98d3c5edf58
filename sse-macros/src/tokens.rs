//! Lowering where there are tokens alone: within macros, and in a block that does not
//! parse, which is how every block looks while someone types it.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Label, Lifetime, Token};

use crate::check::{self, Scope, is_brace, is_ident, is_punct};
use crate::lower::Lowering;

/// Lowers what stands in the tokens; all else passes as it is.
pub(crate) fn lower(tokens: TokenStream, lowering: &mut Lowering<'_>) -> TokenStream {
    let trees: Vec<_> = tokens.into_iter().collect();
    Tokens { rest: &trees, previous: None, repeats: false, lowering }.lower()
}

struct Tokens<'t, 'l, 'k> {
    rest: &'t [TokenTree],
    previous: Option<&'t TokenTree>,
    /// Whether the previous token ends a macro's repetition, `$( … )`.
    repeats: bool,
    lowering: &'l mut Lowering<'k>,
}

/// What a construct became, and of how many tokens it was.
type Lowered = (TokenStream, usize);

impl Tokens<'_, '_, '_> {
    fn lower(mut self) -> TokenStream {
        let mut out = TokenStream::new();
        while !self.rest.is_empty() {
            let (tokens, count) = self.construct();
            out.extend(tokens);
            let group = matches!(self.rest[0], TokenTree::Group(_));
            self.repeats = group && self.previous.is_some_and(|tree| is_punct(tree, '$'));
            self.previous = self.rest[..count].last();
            self.rest = &self.rest[count..];
        }
        out
    }

    fn construct(&mut self) -> Lowered {
        self.macro_call()
            .or_else(|| self.yielded())
            .or_else(|| self.for_await())
            .or_else(|| self.unfinished_for_await())
            .or_else(|| self.or())
            .or_else(|| self.closure())
            .or_else(|| self.inner_block())
            .or_else(|| self.returned())
            .unwrap_or_else(|| self.token())
    }

    fn macro_call(&mut self) -> Option<Lowered> {
        let count = check::macro_call(self.rest)?;
        let TokenTree::Ident(name) = &self.rest[0] else { return None };
        if check::is_generator(name) {
            return Some((copied(&self.rest[..count]), count));
        }
        let outer = std::mem::replace(&mut self.lowering.in_macro, true);
        let call = self.head_and_group(count - 1);
        self.lowering.in_macro = outer;
        Some(call)
    }

    fn yielded(&mut self) -> Option<Lowered> {
        let (yield_, rest) = self.rest.split_first()?;
        if !is_ident(yield_, "yield") {
            return None;
        }
        let end = expression_end(rest);
        let event = lower(copied(&rest[..end]), self.lowering);
        let mut tokens = self.missing_semicolon();
        tokens.extend(self.lowering.yielded(yield_.span(), &event));
        Some((tokens, 1 + end))
    }

    /// A `yield` or `let` begins a statement: what stands before it has ended, even if its `;` is
    /// still to be typed.
    fn missing_semicolon(&mut self) -> TokenStream {
        let Some(previous) = self.previous.filter(|_| !self.lowering.in_macro) else {
            return TokenStream::new();
        };
        let ends = match previous {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
            _ => check::ends_operand(previous),
        };
        if ends {
            self.lowering.errors.push(Error::new(previous.span(), check::NO_SEMICOLON));
        }
        let semicolon = Token![;](previous.span());
        if ends || is_punct(previous, '.') { quote!(#semicolon) } else { TokenStream::new() }
    }

    fn for_await(&mut self) -> Option<Lowered> {
        let label = label(self.rest);
        let label_len = if label.is_some() { 3 } else { 0 };
        let (await_, pattern) = check::for_await(&self.rest[label_len..])?;
        let start = label_len + 2 + pattern.len() + 1;
        let end = start + stream_end(&self.rest[start..])?;
        let stream = lower(copied(&self.rest[start..end]), self.lowering);
        let TokenTree::Group(body) = &self.rest[end] else { return None };
        let body = lower(body.stream(), self.lowering);
        let tokens = self.lowering.for_await(
            await_.span(),
            label.as_ref(),
            &copied(pattern),
            &stream,
            &body,
        );
        Some((tokens, end + 1))
    }

    /// Only what is said to be wrong with it is left, and its body.
    fn unfinished_for_await(&mut self) -> Option<Lowered> {
        let [for_, await_, rest @ ..] = self.rest else { return None };
        if !is_ident(for_, "for") || !is_ident(await_, "await") || self.lowering.in_macro {
            return None;
        }
        self.lowering.errors.push(Error::new(await_.span(), check::NO_FOR_AWAIT));
        let end = rest.iter().position(|tree| is_brace(tree) || is_punct(tree, ';'));
        let body = end.map(|end| lower(rest[end].clone().into(), self.lowering));
        Some((body.unwrap_or_default(), end.map_or(self.rest.len(), |end| 2 + end + 1)))
    }

    /// `a || b`, which opens no closure.
    fn or(&mut self) -> Option<Lowered> {
        let [first, second, ..] = self.rest else { return None };
        let is_or = is_punct(first, '|') && is_punct(second, '|');
        let is_operator = is_or && self.previous.is_some_and(check::ends_operand);
        is_operator.then(|| (copied(&self.rest[..2]), 2))
    }

    fn closure(&mut self) -> Option<Lowered> {
        let is_async = is_ident(&self.rest[0], "async");
        let keywords =
            self.rest.iter().take_while(|it| is_ident(it, "async") || is_ident(it, "move"));
        let bar = keywords.count();
        let opens = self.rest.get(bar).is_some_and(|tree| is_punct(tree, '|'));
        if !opens || (bar == 0 && self.previous.is_some_and(check::ends_operand)) {
            return None;
        }
        let parameters = self.rest[bar + 1..].iter().position(|tree| is_punct(tree, '|'))?;
        let start = bar + 1 + parameters + 1;
        let body = &self.rest[start..];
        let end = match body {
            [TokenTree::Punct(minus), ..] if minus.as_char() == '-' => {
                body.iter().position(is_brace)? + 1
            }
            _ => expression_end(body),
        };
        if is_arrow(&body[end..]) {
            // A pattern that begins with a `|`.
            return None;
        }
        let scope = if is_async { Scope::Async } else { Scope::Closure };
        let mut tokens = copied(&self.rest[..start]);
        tokens.extend(self.lowering.within(scope, |it| lower(copied(&body[..end]), it)));
        Some((tokens, start + end))
    }

    /// `async {…}`, `async move {…}`, `const {…}`, `fn name … {…}`
    fn inner_block(&mut self) -> Option<Lowered> {
        let (scope, head) = match self.rest {
            [a, b, ..] if is_ident(a, "async") && is_brace(b) => (Scope::Async, 1),
            [a, m, b, ..] if is_ident(a, "async") && is_ident(m, "move") && is_brace(b) => {
                (Scope::Async, 2)
            }
            [c, b, ..] if is_ident(c, "const") && is_brace(b) => (Scope::Const, 1),
            [f, TokenTree::Ident(_), ..] if is_ident(f, "fn") => {
                (Scope::Function, self.rest.iter().position(is_brace)?)
            }
            _ => return None,
        };
        let outer = std::mem::replace(&mut self.lowering.scope, scope);
        let block = self.head_and_group(head);
        self.lowering.scope = outer;
        Some(block)
    }

    fn returned(&mut self) -> Option<Lowered> {
        let (return_, rest) = self.rest.split_first()?;
        if !is_ident(return_, "return") || self.lowering.scope != Scope::Block {
            return None;
        }
        let end = expression_end(rest);
        let value = lower(copied(&rest[..end]), self.lowering);
        let value = self.lowering.returned(return_.span(), &value);
        Some((quote!(#return_ #value), 1 + end))
    }

    fn token(&mut self) -> Lowered {
        let tree = &self.rest[0];
        if is_punct(tree, '?') && self.previous.is_some_and(check::ends_operand) && !self.repeats {
            self.lowering.fails_at(tree.span());
        }
        match tree {
            TokenTree::Group(_) => self.head_and_group(0),
            TokenTree::Ident(name) if name == "let" => {
                let semicolon = self.missing_semicolon();
                (quote!(#semicolon #name), 1)
            }
            _ => (tree.clone().into(), 1),
        }
    }

    /// Some tokens as they are, and the group behind them, lowered.
    fn head_and_group(&mut self, head: usize) -> Lowered {
        let mut tokens = copied(&self.rest[..head]);
        if let TokenTree::Group(group) = &self.rest[head] {
            let group = check::regroup(group, |inner| lower(inner, self.lowering));
            tokens.extend([TokenTree::from(group)]);
        }
        (tokens, head + 1)
    }
}

fn copied(tokens: &[TokenTree]) -> TokenStream {
    tokens.iter().cloned().collect()
}

/// `'label:`
fn label(tokens: &[TokenTree]) -> Option<Label> {
    match tokens {
        [quote, TokenTree::Ident(name), colon, ..]
            if is_punct(quote, '\'') && is_punct(colon, ':') =>
        {
            let name = Lifetime { apostrophe: quote.span(), ident: name.clone() };
            Some(Label { name, colon_token: Token![:](colon.span()) })
        }
        _ => None,
    }
}

/// Where the expression ends that the tokens begin with: at a `;` or `,` that is not
/// between the angle brackets of a turbofish, at a `=>`, or at the next statement.
fn expression_end(tokens: &[TokenTree]) -> usize {
    let mut depth = 0_usize;
    for (at, tree) in tokens.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| &tokens[before]);
        let behind = |char| previous.is_some_and(|it| is_punct(it, char));
        let begins = is_ident(tree, "yield") || is_ident(tree, "let");
        if begins && previous.is_some_and(|it| check::ends_operand(it) || is_punct(it, '.')) {
            return at;
        }
        let TokenTree::Punct(punct) = tree else { continue };
        match punct.as_char() {
            ';' => return at,
            ',' if depth == 0 => return at,
            '=' if depth == 0 && is_arrow(&tokens[at..]) => return at,
            '<' if depth > 0 || behind(':') => depth += 1,
            '>' if !behind('-') && !behind('=') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}

/// Where the body of a `for await` begins, whose stream the tokens begin with.
fn stream_end(tokens: &[TokenTree]) -> Option<usize> {
    let stream_then_rest = |input: ParseStream<'_>| {
        input.call(Expr::parse_without_eager_brace)?;
        input.parse::<TokenStream>()
    };
    match stream_then_rest.parse2(copied(tokens)) {
        // What is left of a group without delimiters, a macro's argument, can be more than there was.
        Ok(rest) => (tokens.len().checked_sub(rest.into_iter().count()))
            .filter(|&end| tokens.get(end).is_some_and(is_brace)),
        Err(_) => tokens.iter().position(is_brace),
    }
}

fn is_arrow(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(equals), bracket, ..]
        if equals.as_char() == '=' && equals.spacing() == Spacing::Joint && is_punct(bracket, '>'))
}

/// Whether a `break` in the tokens has a value; it may be that of an inner loop.
pub(crate) fn breaks_with_value(tokens: TokenStream) -> bool {
    let trees: Vec<_> = tokens.into_iter().collect();
    trees.iter().enumerate().any(|(at, tree)| match tree {
        TokenTree::Group(group) => breaks_with_value(group.stream()),
        _ if is_ident(tree, "break") => match &trees[at + 1..] {
            [quote, _label, rest @ ..] if is_punct(quote, '\'') => expression_end(rest) > 0,
            rest => expression_end(rest) > 0,
        },
        _ => false,
    })
}
