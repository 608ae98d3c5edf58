//! Inputs of the macro: those of the tests of its messages, edited as if someone were typing.

use std::collections::BTreeMap;
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

/// The text of each file in the tests of the compiler's messages, by the hash of its name, so
/// that the same bytes stand for the same input when other tests are added or removed.
static SOURCES: LazyLock<BTreeMap<u16, String>> = LazyLock::new(|| {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/tests");
    let files =
        ["fail", "pass", "rustc"].map(|folder| read_dir(tests.join(folder)).expect("tests"));
    let files = files.into_iter().flatten().map(|file| file.expect("a file").path());
    let sources = files.filter(|file| file.extension().is_some_and(|it| it == "rs"));
    sources.map(|file| (hash(&file), read_to_string(&file).expect("text"))).collect()
});

fn hash(file: &Path) -> u16 {
    let name = file.file_name().expect("a name").as_encoded_bytes();
    name.iter().fold(0, |hash: u16, &byte| hash.wrapping_mul(31).wrapping_add(byte.into()))
}

/// Finds the inputs of `EventStream!` in these tokens, including nested ones.
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

/// Chooses one of those inputs, or an empty one.
fn seed(choices: &mut Choices<'_>) -> TokenStream {
    let at = u16::from_le_bytes([choices.byte(), choices.byte()]);
    let mut found = vec![TokenStream::new()];
    if let Some((_, source)) = SOURCES.range(at..).next() {
        inputs(source.parse().expect("tokens"), &mut found);
    }
    let chosen = choices.below(found.len());
    found.swap_remove(chosen)
}

/// Makes an input, and so few edits that it is still recognizable.
pub(crate) fn edited(choices: &mut Choices<'_>) -> TokenStream {
    let mut tokens = flat(seed(choices));
    for _ in 0..=choices.below(6) {
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
