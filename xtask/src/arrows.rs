//! Prints which folder of a crate uses which, and checks their order: `cargo xtask arrows`.
//!
//! CONTRIBUTING.md gives the order of each crate's folders, in which each uses only those to its right.
//! A path that begins with `crate::` is an arrow from the folder of its file to the one that it names.
//! No file may import through the crate's root, which uses all of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow, ensure};
use proc_macro2::{TokenStream, TokenTree};
use walkdir::WalkDir;

use crate::root;

/// How many paths lead from one folder to another.
type Arrows = BTreeMap<(String, String), usize>;

/// Prints all arrows, and fails if one of them goes up.
pub(crate) fn arrows() -> Result<()> {
    let mut all_up = Vec::new();
    for (name, order) in orders(&fs::read_to_string(root().join("CONTRIBUTING.md"))?) {
        println!("{name}: {}", order.join(" → "));
        let arrows = arrows_of(&root().join(&name).join("src"))?;
        for ((from, to), count) in &arrows {
            println!("  {from} → {to} ({count})");
        }
        let up = going_up(&order, &arrows).into_iter();
        all_up.extend(up.map(|arrow| format!("{name}: {arrow}")));
    }
    ensure!(all_up.is_empty(), "these arrows don't go down:\n  {}", all_up.join("\n  "));
    Ok(())
}

/// Returns the crates and their orders, each given in a line such as "* `a-crate`: `upper` → `lower`".
fn orders(contributing: &str) -> Vec<(String, Vec<String>)> {
    let order = |line: &str| {
        let (name, chain) = line.strip_prefix("* `")?.split_once("`: `")?;
        let chain = chain.trim_end_matches('`').split("` → `");
        Some((name.to_owned(), chain.map(str::to_owned).collect::<Vec<_>>()))
    };
    contributing.lines().filter_map(order).filter(|(_, chain)| chain.len() > 1).collect()
}

fn going_up(order: &[String], arrows: &Arrows) -> Vec<String> {
    let place = |name: &String| order.iter().position(|it| it == name);
    let goes_down = |from, to| place(from).zip(place(to)).is_some_and(|(from, to)| from < to);
    let up = arrows.keys().filter(|(from, to)| !goes_down(from, to));
    up.map(|(from, to)| format!("{from} → {to}")).collect()
}

fn arrows_of(src: &Path) -> Result<Arrows> {
    let mut arrows = Arrows::new();
    for entry in WalkDir::new(src) {
        let path = entry?.into_path();
        let Some(from) = module_of_file(path.strip_prefix(src)?) else { continue };
        for to in used(&fs::read_to_string(&path)?)? {
            if to != from {
                *arrows.entry((from.clone(), to)).or_default() += 1;
            }
        }
    }
    Ok(arrows)
}

/// Returns the folder or the file right below `src` that a file belongs to. The root itself, its macros,
/// the pages of the guide and tests have none: they may use everything.
fn module_of_file(file: &Path) -> Option<String> {
    let first = Path::new(file.components().next()?.as_os_str());
    let name = first.file_stem()?.to_str()?;
    let is_rust = file.extension().is_some_and(|it| it == "rs");
    let is_test = file.iter().any(|it| it == "tests" || it == "tests.rs");
    let is_ordered = is_rust && !is_test && !["lib", "macros", "guide"].contains(&name);
    is_ordered.then(|| name.to_owned())
}

/// Returns the first name of each path after `crate::`, or `lib.rs` for an import through the root.
fn used(source: &str) -> Result<Vec<String>> {
    let source = source.parse::<TokenStream>().map_err(|error| anyhow!("{error}"))?;
    let mut used = Vec::new();
    find_used(source, &mut used);
    Ok(used)
}

fn find_used(code: TokenStream, used: &mut Vec<String>) {
    let code: Vec<_> = code.into_iter().collect();
    for at in 0..code.len() {
        if let TokenTree::Group(group) = &code[at] {
            find_used(group.stream(), used);
        }
        let is_of_macro = at > 0 && is_punct(&code[at - 1], '$');
        let [TokenTree::Ident(first), colon, _, path, ..] = &code[at..] else { continue };
        if first == "crate" && is_punct(colon, ':') && !is_of_macro {
            used.extend(modules(path));
        }
    }
}

/// Returns the modules in which a path goes on from the root, or all paths of a group.
fn modules(path: &TokenTree) -> Vec<String> {
    let TokenTree::Group(group) = path else {
        let name = path.to_string();
        let is_module = name.starts_with(char::is_lowercase);
        return vec![if is_module { name } else { "lib.rs".to_owned() }];
    };
    let paths: Vec<_> = group.stream().into_iter().collect();
    let paths = paths.split(|token| is_punct(token, ','));
    paths.filter_map(|path| path.first()).flat_map(modules).collect()
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

#[cfg(test)]
mod tests {
    use super::{Arrows, arrows, going_up, orders, used};

    #[test]
    fn every_arrow_of_the_published_crates_goes_down() {
        arrows().unwrap();
    }

    #[test]
    fn an_arrow_is_a_path_that_begins_at_the_root() {
        let used = |source| used(source).unwrap();
        let source = "use crate::a::B;\n// crate::comment::B\nimpl crate::c::D for E {}\n";
        assert_eq!(used(source), ["a", "c"]);
        assert_eq!(
            used("use crate::B;\nuse crate::{a::{B, C},\n    D, e};"),
            ["lib.rs", "a", "lib.rs", "e"]
        );
        assert_eq!(used("$crate::a::B; pub(crate) fn f() { in_a_macro!(crate::b::C) }"), ["b"]);
    }

    #[test]
    fn an_arrow_to_the_left_goes_up_and_so_does_one_to_the_root() {
        let [(name, order)] = &orders("…\n* `a`: `upper` → `lower`\n")[..] else { panic!() };
        let up = |from: &str, to: &str| {
            let arrow = (from.to_owned(), to.to_owned());
            !going_up(order, &Arrows::from([(arrow, 1)])).is_empty()
        };
        assert_eq!(name, "a");
        assert!(!up("upper", "lower"));
        assert!(up("lower", "upper") && up("lower", "lib.rs") && up("lower", "unheard_of"));
    }
}
