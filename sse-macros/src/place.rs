//! A place in the tokens, with what comes before it, on which the meaning of a token depends.

use proc_macro2::{Delimiter, TokenTree};
use syn::buffer::Cursor;

use crate::attribute;
use crate::cursor::{
    between, brace, ends_operand, group, ident, is_ident, is_punct, keyword, lifetime, punct,
};

pub(crate) struct Place<'t> {
    pub(crate) at: Cursor<'t>,
    pub(crate) previous: Option<TokenTree>,
    pub(crate) previous_ends: Ends,
    /// Whether this is the head of an `if`, a `match` or a loop.
    pub(crate) in_head: bool,
    pub(crate) let_: Let,
}

/// The sequence of tokens that the previous token ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    Other,
    /// `=>` or `->`
    Arrow,
    /// `..`
    Range,
    /// A macro's `$( … )`
    Repetition,
}

/// How far a `let … else { … };` has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Let {
    No,
    Begun,
    /// The previous token is the `else`.
    Else,
    /// The previous token is the block, so that the statement ends here.
    Ended,
}

/// The keywords that begin the head of an `if`, a `match` or a loop. Its `{` ends the head.
const HEADS: [&str; 4] = ["if", "in", "match", "while"];

impl<'t> Place<'t> {
    pub(crate) fn new(at: Cursor<'t>) -> Self {
        Self { at, previous: None, previous_ends: Ends::Other, in_head: false, let_: Let::No }
    }

    pub(crate) fn advance(&mut self, to: Cursor<'t>) {
        self.let_ = self.let_after();
        self.in_head = self.in_head_after();
        self.previous_ends = self.ends();
        self.previous = match attribute::end(self.at) {
            Some(after) if after == to => None,
            _ if lifetime(self.at).is_some_and(|(_, after)| after == to) => {
                self.at.token_tree().map(|(apostrophe, _)| apostrophe)
            }
            _ => between(self.at, to).into_iter().last(),
        };
        self.at = to;
    }

    /// Returns the sequence that the token here ends.
    fn ends(&self) -> Ends {
        let is = |char| punct(self.at, char).is_some();
        if is('>') && (self.follows('=') || self.follows('-')) {
            Ends::Arrow
        } else if is('.') && self.follows('.') {
            Ends::Range
        } else if group(self.at).is_some() && self.follows('$') {
            Ends::Repetition
        } else {
            Ends::Other
        }
    }

    fn in_head_after(&self) -> bool {
        let ends = [',', ';'].iter().any(|&end| punct(self.at, end).is_some());
        match ident(self.at) {
            Some((name, _)) if HEADS.iter().any(|head| name == head) => true,
            _ if ends || !self.in_head || self.ends() == Ends::Arrow => false,
            // In `if let A { b } = c {…}` and `if unsafe { a } == b {…}`, the first braces aren't the body.
            _ => brace(self.at).is_none_or(|(_, after)| {
                ['=', '.', '?', '>'].iter().any(|&goes_on| punct(after, goes_on).is_some())
            }),
        }
    }

    pub(crate) fn follows(&self, char: char) -> bool {
        self.previous.as_ref().is_some_and(|tree| is_punct(tree, char))
    }

    /// Returns whether a statement may begin here.
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

    /// Returns whether an operand may begin here, so that a `|` begins a closure, and a `?` isn't the operator.
    /// After `>` or `..` there is no closure: it can't be compared or end a range, so the `>` ends generic
    /// arguments and the `..` a pattern.
    pub(crate) fn begins_operand(&self) -> bool {
        match &self.previous {
            None => true,
            Some(tree) if is_ident(tree, "let") || is_ident(tree, "for") => false,
            Some(tree) if is_punct(tree, '>') => self.previous_ends == Ends::Arrow,
            Some(tree) => !ends_operand(tree) && self.previous_ends != Ends::Range,
        }
    }
}
