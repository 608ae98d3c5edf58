//! Tokens as a flat list, in which a group may be opened and not closed, or closed and not opened.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

#[derive(Clone, Debug)]
pub(crate) enum Flat {
    Open(Delimiter),
    Close,
    Token(TokenTree),
}

pub(crate) fn flat(tokens: TokenStream) -> Vec<Flat> {
    tokens.into_iter().flat_map(flat_tree).collect()
}

fn flat_tree(tree: TokenTree) -> Vec<Flat> {
    match tree {
        TokenTree::Group(group) => {
            let mut tokens = vec![Flat::Open(group.delimiter())];
            tokens.extend(flat(group.stream()));
            tokens.push(Flat::Close);
            tokens
        }
        tree => vec![Flat::Token(tree)],
    }
}

/// Closes the groups that are open at the end, and ignores what closes no group.
pub(crate) fn nested(tokens: &[Flat]) -> TokenStream {
    let mut open = Vec::new();
    let mut now = TokenStream::new();
    for token in tokens {
        match token {
            Flat::Open(delimiter) => open.push((*delimiter, std::mem::take(&mut now))),
            Flat::Close => close(&mut open, &mut now),
            Flat::Token(tree) => now.extend([tree.clone()]),
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut now);
    }
    now
}

fn close(open: &mut Vec<(Delimiter, TokenStream)>, now: &mut TokenStream) {
    if let Some((delimiter, outer)) = open.pop() {
        let group = Group::new(delimiter, std::mem::replace(now, outer));
        now.extend([TokenTree::from(group)]);
    }
}
