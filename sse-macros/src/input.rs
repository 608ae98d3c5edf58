//! From tokens to a type or a block.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser, Result};
use syn::{Block, Error, Stmt, Token, Type, TypeParamBound};

use crate::check;

pub(crate) enum Input {
    Type(StreamType),
    /// What can only be meant as a type, but is none.
    BadType(Error),
    Block(Body),
}

/// `Event + 'r + Send`
pub(crate) struct StreamType {
    /// Empty in `EventStream![]`.
    pub(crate) item: TokenStream,
    pub(crate) bounds: TokenStream,
}

pub(crate) enum Body {
    Statements(Vec<Stmt>),
    /// What is no Rust, or no Rust that syn knows: the compiler shall say.
    Tokens(TokenStream),
}

const ONE_ITEM: &str = "a stream has one type of items, `Event` or `Result<Event, E>`: \
                        bounds follow it behind a `+`";
const NO_BOUND: &str =
    "expected a bound behind the `+`: a lifetime or a trait, as in `Event + Send`";

/// A `for await pattern in …` is parsed as `for FOR_AWAIT! { pattern } in …`.
pub(crate) const FOR_AWAIT: &str = "__for_await";

/// Splits off the runtime's `$crate`, which comes first.
pub(crate) fn split(input: TokenStream) -> (Ident, TokenStream) {
    let mut tokens = input.into_iter();
    match tokens.next() {
        Some(TokenTree::Ident(krate)) => (krate, tokens.collect()),
        other => panic!("expected `$crate`, not `{other:?}`: use `sse_runtime::EventStream!`"),
    }
}

pub(crate) fn parse(tokens: TokenStream) -> Input {
    let error = match parse_type.parse2(tokens.clone()) {
        Ok(ty) => return Input::Type(ty),
        Err(error) => error,
    };
    if is_meant_as_type.parse2(tokens.clone()).unwrap_or(false) {
        Input::BadType(error)
    } else {
        Input::Block(parse_block(without_braces(tokens)))
    }
}

fn parse_type(input: ParseStream<'_>) -> Result<StreamType> {
    if input.is_empty() {
        return Ok(StreamType { item: TokenStream::new(), bounds: TokenStream::new() });
    }
    let item = input.call(Type::without_plus)?;
    if matches!(item, Type::Macro(_)) && input.is_empty() {
        return Err(input.error("a lone macro call is a block"));
    }
    let mut bounds = TokenStream::new();
    while !input.is_empty() {
        let plus: Token![+] = input.parse().map_err(|_| input.error(ONE_ITEM))?;
        let bound: TypeParamBound = input.parse().map_err(|error| {
            Error::new(if input.is_empty() { plus.span } else { error.span() }, NO_BOUND)
        })?;
        quote!(#plus #bound).to_tokens(&mut bounds);
    }
    Ok(StreamType { item: item.to_token_stream(), bounds })
}

/// Whether it begins as a type with bounds, or a list of types, and holds no statement: as a
/// block it would make no sense.
fn is_meant_as_type(input: ParseStream<'_>) -> Result<bool> {
    let item = input.call(Type::without_plus)?;
    let goes_on = input.peek(Token![+]) || input.peek(Token![,]);
    let rest: TokenStream = input.parse()?;
    let is_statement = |tree: TokenTree| check::is_punct(&tree, ';') || check::is_brace(&tree);
    Ok(matches!(item, Type::Path(_)) && goes_on && !rest.into_iter().any(is_statement))
}

/// A lone `{ … }` is the block itself, as in `EventStream!({ … })`.
fn without_braces(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) => match group.delimiter() {
            Delimiter::Brace => group.stream(),
            Delimiter::None => without_braces(group.stream()),
            _ => tokens,
        },
        _ => tokens,
    }
}

fn parse_block(tokens: TokenStream) -> Body {
    match Block::parse_within.parse2(mark_for_await(tokens.clone())) {
        Ok(statements) => Body::Statements(statements),
        Err(_) => Body::Tokens(tokens),
    }
}

// from: for await pattern in …
// into: for __for_await! { pattern } in …
fn mark_for_await(tokens: TokenStream) -> TokenStream {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    let mut at = 0;
    while at < trees.len() {
        let rest = &trees[at..];
        if let Some(call) = check::macro_call(rest) {
            out.extend(rest[..call].iter().cloned());
            at += call;
        } else if let Some((await_token, pattern)) = check::for_await(rest) {
            let marker = Ident::new(FOR_AWAIT, await_token.span());
            let pattern = Group::new(Delimiter::Brace, pattern.iter().cloned().collect());
            at += 2 + pattern.stream().into_iter().count();
            let bang = Punct::new('!', Spacing::Alone);
            out.extend([rest[0].clone(), marker.into(), bang.into(), pattern.into()]);
        } else {
            out.extend([match &rest[0] {
                TokenTree::Group(group) => check::regroup(group, mark_for_await).into(),
                tree => tree.clone(),
            }]);
            at += 1;
        }
    }
    out
}
