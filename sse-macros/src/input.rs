//! Tells a type from a block.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser, Result};
use syn::{Error, Token, Type, TypeParamBound};

use crate::cursor;

pub(crate) enum Input {
    Type(StreamType),
    /// Clearly meant as a type, but not a valid one.
    BadType(Error),
    Block(TokenStream),
}

/// `Event + 'r + Send`
pub(crate) struct StreamType {
    /// Empty in `EventStream![]`.
    pub(crate) item: TokenStream,
    pub(crate) bounds: TokenStream,
}

const ONE_ITEM: &str = "a stream has one item type, `Event` or `Result<Event, E>`: \
                        bounds follow it after a `+`";
const NO_BOUND: &str =
    "expected a bound after the `+`: a lifetime or a trait, as in `Event + Send`";

/// Splits off the runtime's `$crate`, which comes first.
pub(crate) fn split(input: TokenStream) -> (Ident, TokenStream) {
    let mut tokens = input.into_iter();
    match tokens.next() {
        Some(TokenTree::Ident(krate)) => (krate, tokens.collect()),
        other => panic!("expected `$crate`, not `{other:?}`: use `sse_runtime::EventStream!`"),
    }
}

pub(crate) fn parse(tokens: TokenStream) -> Input {
    let ty = without_fragment(tokens.clone());
    let error = match parse_type.parse2(ty.clone()) {
        Ok(ty) => return Input::Type(ty),
        Err(error) => error,
    };
    if is_meant_as_type.parse2(ty).unwrap_or(false) {
        Input::BadType(error)
    } else {
        Input::Block(without_braces(tokens))
    }
}

/// Unwraps a leading fragment, such as a `$t:ty` that another macro passes on, so that it can be parsed
/// together with the bounds after it.
fn without_fragment(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match trees.next() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
            without_fragment(group.stream()).into_iter().chain(trees).collect()
        }
        _ => tokens,
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

/// Returns whether the input begins like a type with bounds or a list of types, and has no statement in
/// it, so that it would make no sense as a block.
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

/// Unwraps a lone `{ … }`, which is the block itself, as in `EventStream!({ … })`.
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
