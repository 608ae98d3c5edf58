//! The rules: what is allowed where, and what is said if it isn't.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// The innermost scope around a `yield`, `return` or `?`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The block's own.
    Block,
    Closure,
    Async,
    Function,
    Const,
}

impl Scope {
    /// Returns why there can be no `yield` here.
    pub(crate) fn forbids_yield(self) -> Option<&'static str> {
        match self {
            Self::Block => None,
            Self::Closure => Some(
                "`yield` isn't allowed in a closure: a closure can't pause the stream. \
                 Use a loop, or return the event and yield it outside",
            ),
            Self::Async => Some(
                "`yield` isn't allowed in an inner `async` block: it isn't part of the stream. \
                 Return the event from it, await the `async` block, and yield the result",
            ),
            Self::Function => Some(
                "`yield` isn't allowed in an inner function: it isn't part of the stream. \
                 Return the event from it and yield it in the block",
            ),
            Self::Const => Some("`yield` isn't allowed in a constant"),
        }
    }
}

pub(crate) const YIELDS_NOTHING: &str =
    "`yield` needs an event: `yield Event::data(…);`, or `Event::empty()` for one without data";

pub(crate) const YIELDS_OK: &str = "`yield` takes the event itself, without `Ok`: write `yield event`, even if the stream can fail";

pub(crate) const YIELDS_ERR: &str =
    "`yield` takes an event, not an error: write `return Err(error);`, which ends the stream";

pub(crate) const NO_FOR_AWAIT: &str = "expected `for await pattern in stream { … }`";

pub(crate) const NO_SEMICOLON: &str = "expected `;` after this";

/// Returns whether a macro of this name is a generator, with a `yield` of its own. Names in camel case
/// count as well: `EventStream!` has one however it is renamed, since it is also a type, and other macros
/// don't.
pub(crate) fn is_generator(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with(char::is_uppercase) || matches!(&*name, "stream" | "try_stream")
}

/// Returns the names that the block gives to generators, as in `use async_stream::stream as items;`.
pub(crate) fn renamed_generators(tokens: TokenStream) -> Vec<Ident> {
    let mut renamed = Vec::new();
    collect_renamed(tokens, false, &mut renamed);
    renamed
}

fn collect_renamed(tokens: TokenStream, mut is_use: bool, renamed: &mut Vec<Ident>) {
    let is_within_use = is_use;
    let mut name = None;
    let mut is_renamed = false;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => collect_renamed(group.stream(), is_use, renamed),
            TokenTree::Ident(ident) if ident == "use" => is_use = true,
            TokenTree::Ident(ident) if ident == "as" => is_renamed = is_use,
            TokenTree::Ident(ident) if std::mem::take(&mut is_renamed) => {
                renamed.extend(name.take().filter(is_generator).map(|_| ident));
            }
            TokenTree::Ident(ident) => name = Some(ident),
            TokenTree::Punct(it) if it.as_char() == ';' => is_use = is_within_use,
            _ => {}
        }
    }
}
