//! From tokens to a type or a block.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::buffer::TokenBuffer;
use syn::parse::{ParseStream, Parser, Result};
use syn::{Block, Error, Stmt, Token, Type, TypeParamBound};

use crate::{cursor, for_await};

pub(crate) enum Input {
    Type(StreamType),
    /// What can only be meant as a type, but isn't one.
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
    /// What isn't Rust, or isn't Rust that syn knows: the compiler will say which.
    Tokens(TokenStream),
}

const ONE_ITEM: &str = "a stream has one item type, `Event` or `Result<Event, E>`: \
                        bounds follow it after a `+`";
const NO_BOUND: &str =
    "expected a bound after the `+`: a lifetime or a trait, as in `Event + Send`";

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

/// Whether it begins like a type with bounds, or a list of types, and has no statement in it: as
/// a block it would make no sense.
fn is_meant_as_type(input: ParseStream<'_>) -> Result<bool> {
    let item = input.call(Type::without_plus)?;
    let goes_on = input.peek(Token![+]) || input.peek(Token![,]);
    let rest: TokenStream = input.parse()?;
    let is_statement = |tree: TokenTree| cursor::is_punct(&tree, ';') || is_brace(&tree);
    Ok(matches!(item, Type::Path(_)) && goes_on && !rest.into_iter().any(is_statement))
}

fn is_brace(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
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
    let buffer = TokenBuffer::new2(tokens);
    let mut at = buffer.begin();
    let mut out = TokenStream::new();
    while let Some((tree, after)) = at.token_tree() {
        let for_await = for_await::head(at).filter(|head| head.label.is_none());
        if let Some((_, arguments)) = cursor::macro_call(at) {
            let after = cursor::group(arguments).map_or(arguments, |(_, after)| after);
            out.extend(cursor::between(at, after));
            at = after;
        } else if let Some(head) = for_await {
            let marker = Ident::new(FOR_AWAIT, head.await_span);
            let pattern = Group::new(Delimiter::Brace, head.pattern);
            let bang = Punct::new('!', Spacing::Alone);
            out.extend([tree, marker.into(), bang.into(), pattern.into()]);
            at = head.in_;
        } else {
            out.extend([match &tree {
                TokenTree::Group(group) => cursor::regroup(group, mark_for_await).into(),
                _ => tree,
            }]);
            at = after;
        }
    }
    out
}
