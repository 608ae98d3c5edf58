//! Compares `syntax`, which reads tokens by hand, with `parsed`, which has syn parse the same code: both
//! must find the same in it.
//!
//! The blocks are made from the bodies of functions, into which `insert` puts `yield`, `?`, `return` and
//! `for await` at places chosen from a seed. Each is read as a block and as the tokens of a macro. The
//! functions are this crate's own, or those of a folder with `cargo xtask differential`.

mod insert;
mod parsed;
mod sources;

use std::path::{Path, PathBuf};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Block;
use syn::parse::Parser;

use crate::fallibility::Fallibility;
use crate::lowering::Lowering;
use crate::spans::CratePath;
use crate::{for_await, syntax};
use insert::Inserter;

/// What a reader made of a block.
#[derive(PartialEq)]
struct Reading {
    lowered: String,
    is_rust: bool,
    question_marks: Vec<String>,
    errors: Vec<String>,
}

/// Lowers the tokens of a macro or of a block.
type Reader = fn(TokenStream, &mut Lowering<'_>) -> TokenStream;

fn read(block: &TokenStream, in_macro: bool, reader: Reader) -> Reading {
    let runtime = CratePath(Ident::new("krate", Span::call_site()));
    let mut lowering = Lowering::new(&runtime, block);
    lowering.in_macro = in_macro;
    let lowered = reader(block.clone(), &mut lowering);
    let mut errors: Vec<_> = lowering.errors.iter().map(ToString::to_string).collect();
    errors.sort();
    let printed = printed(&lowered);
    Reading {
        is_rust: printed.is_ok(),
        lowered: printed.unwrap_or_else(|_| lowered.to_string()),
        question_marks: lowering.question_marks.noted.iter().map(described).collect(),
        errors,
    }
}

fn described((cfgs, fallibility): &(Vec<TokenStream>, Fallibility)) -> String {
    let is_own = matches!(fallibility, Fallibility::Certain(_));
    format!("own: {is_own}, under {}", quote!(#(#cfgs),*))
}

/// Returns the tokens as syn prints them, since there are several ways to write the same.
fn printed(tokens: &TokenStream) -> syn::Result<String> {
    let statements = Block::parse_within.parse2(tokens.clone())?;
    Ok(quote!(#(#statements)*).to_string())
}

#[derive(Default, Debug)]
struct Counts {
    crates: usize,
    files: usize,
    bodies: usize,
    insertions: usize,
    lines: usize,
    differences: usize,
}

/// Prints the differences, and the counts so far after each crate.
fn compare(sources: &[PathBuf], seed: u64) -> Counts {
    let mut counts = Counts::default();
    for of_crate in sources.chunk_by(|one, next| sources::package(one) == sources::package(next)) {
        counts.crates += 1;
        for path in of_crate {
            counts.compare_file(path, seed);
        }
        println!("{counts:?}");
    }
    counts
}

impl Counts {
    fn compare_file(&mut self, path: &Path, seed: u64) {
        let Some((file, lines)) = sources::parsed(path) else { return };
        self.files += 1;
        self.lines += lines;
        for body in sources::bodies(file) {
            self.bodies += 1;
            let mut inserter = Inserter::new(seed, &body);
            let block = inserter.block_of(body);
            // syn's printer leaves out some parentheses.
            if Block::parse_within.parse2(for_await::as_for(block.clone())).is_err() {
                continue;
            }
            self.insertions += inserter.inserted;
            if let Some(difference) = difference(&block) {
                println!("{}: {difference}\n", path.display());
                self.differences += 1;
            }
        }
    }
}

fn difference(block: &TokenStream) -> Option<String> {
    [false, true].into_iter().find_map(|in_macro| {
        let [by_hand, parsed] =
            [syntax::lower, parsed::lower].map(|reader| read(block, in_macro, reader));
        (by_hand != parsed).then(|| {
            format!("in a macro: {in_macro}{}\n  in: {block}", explained(&by_hand, &parsed))
        })
    })
}

/// Returns an excerpt of each, from shortly before they differ.
fn explained(by_hand: &Reading, parsed: &Reading) -> String {
    let text = |reading: &Reading| {
        let Reading { lowered, question_marks, errors, .. } = reading;
        format!("{lowered} {question_marks:?} {errors:?}").replace(' ', "")
    };
    let (one, other) = (text(by_hand), text(parsed));
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let excerpt =
        |text: &str| -> String { text.chars().skip(same.saturating_sub(100)).take(250).collect() };
    format!("\n  by hand: {}\n  parsed:  {}", excerpt(&one), excerpt(&other))
}

#[test]
fn blocks_are_read_as_a_parser_reads_them() {
    let folder = std::env::var_os("SSE_DIFFERENTIAL").map(PathBuf::from);
    let seed = std::env::var("SSE_DIFFERENTIAL_SEED").ok();
    let seed = seed.map_or(1, |seed| seed.parse().expect("a number"));
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let counts = compare(&sources::within(&folder.unwrap_or(own)), seed);
    assert!(counts.insertions > 0, "there is nothing to read");
    assert_eq!(counts.differences, 0, "seed {seed}");
}
