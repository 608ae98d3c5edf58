//! Inputs of the macro: those of the tests of its messages, edited as if someone typed.

use std::fs::{read_dir, read_to_string};
use std::path::Path;
use std::sync::LazyLock;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::choices::Choices;
use crate::flat::{Flat, flat, nested};

const WORDS: [&str; 64] = [
    "yield",
    "for",
    "await",
    "in",
    "for await x in y",
    "return",
    "?",
    ";",
    ",",
    "|",
    "||",
    "move",
    "async",
    "const",
    "fn",
    "fn f",
    "let",
    "=",
    "=>",
    "->",
    ":",
    "::",
    "<",
    ">",
    "'a",
    "'a:",
    "!",
    "m!",
    "select!",
    "stream!",
    "EventStream!",
    "macro_rules!",
    "break",
    "continue",
    "loop",
    "while",
    "if",
    "else",
    "match",
    ".",
    "..",
    ".await",
    "&",
    "&&",
    "*",
    "-",
    "+",
    "#",
    "$",
    "_",
    "x",
    "Event",
    "Result",
    "Ok",
    "Err",
    "1",
    "\"s\"",
    "r#yield",
    "unsafe",
    "static",
    "use",
    "mut",
    "impl",
    "dyn",
];

const DELIMITERS: [Delimiter; 4] =
    [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];

/// The text of each file of the tests of what the compiler says.
static SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/tests");
    let files = ["fail", "pass"].map(|folder| read_dir(tests.join(folder)).expect("tests"));
    let mut files: Vec<_> =
        files.into_iter().flatten().map(|file| file.expect("one").path()).collect();
    files.retain(|file| file.extension().is_some_and(|it| it == "rs"));
    // By name, so that the same bytes are the same input everywhere.
    files.sort();
    files.iter().map(|file| read_to_string(file).expect("text")).collect()
});

/// The inputs of `EventStream!` in these tokens, those in others included.
fn inputs(tokens: TokenStream, found: &mut Vec<TokenStream>) {
    let trees: Vec<_> = tokens.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else { continue };
        let before: String =
            trees[at.saturating_sub(2)..at].iter().map(ToString::to_string).collect();
        if before == "EventStream!" {
            found.push(group.stream());
        }
        inputs(group.stream(), found);
    }
}

/// One of those inputs; or none, to begin with nothing.
fn seed(choices: &mut Choices<'_>) -> TokenStream {
    let source = choices.below(SOURCES.len() + 1);
    let mut found = Vec::new();
    if let Some(source) = SOURCES.get(source) {
        inputs(source.parse().expect("tokens"), &mut found);
    }
    found.push(TokenStream::new());
    let chosen = choices.below(found.len());
    found.swap_remove(chosen)
}

/// What the bytes say: an input, and edits of it.
pub(crate) fn edited(choices: &mut Choices<'_>) -> TokenStream {
    let mut tokens = flat(seed(choices));
    while !choices.is_empty() {
        edit(&mut tokens, choices);
    }
    nested(&tokens)
}

fn edit(tokens: &mut Vec<Flat>, choices: &mut Choices<'_>) {
    let what = choices.below(8);
    let at = choices.below(tokens.len() + 1);
    let to = tokens.len().min(at + choices.below(8));
    match what {
        0 => drop(tokens.drain(at..to)),
        1 => tokens.truncate(to),
        2 => insert(tokens, at, tokens[at..to].to_vec()),
        3 => tokens[at..to].reverse(),
        4 => insert(tokens, at, vec![Flat::Close]),
        5 => insert(tokens, at, vec![Flat::Open(*choices.one_of(&DELIMITERS.each_ref()))]),
        _ => insert(tokens, at, flat(word(choices))),
    }
}

fn insert(tokens: &mut Vec<Flat>, at: usize, new: Vec<Flat>) {
    tokens.splice(at..at, new);
}

fn word(choices: &mut Choices<'_>) -> TokenStream {
    choices.one_of(&WORDS).parse().expect("tokens")
}
