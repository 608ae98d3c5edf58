//! Prints which folder of a crate uses which, and checks their order: `cargo xtask arrows`.
//!
//! CONTRIBUTING.md gives the order of each crate's folders, in which each uses only those to its right.
//! A path that begins with `crate::` is an arrow from the folder of its file to the one that it names.
//! No file may import through the crate's root, which uses all of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

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
    let mut left = vec![src.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
            let path: PathBuf = entry?.path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let Some(from) = module_of_file(path.strip_prefix(src)?) else { continue };
            for to in used(&fs::read_to_string(&path)?) {
                if to != from {
                    *arrows.entry((from.clone(), to)).or_default() += 1;
                }
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

/// Returns the first name of each path after `crate::`, comments aside, or `lib.rs` for an import through
/// the root.
fn used(source: &str) -> Vec<String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let paths = code.split("crate::").skip(1).zip(code.split("crate::"));
    let is_other_name = |before: &str| before.ends_with('$') || before.ends_with(is_in_name);
    let paths = paths.filter(|(_, before)| !is_other_name(before)).map(|(path, _)| path);
    let names = paths.flat_map(|path| match path.strip_prefix('{') {
        Some(group) => of_group(group),
        None => vec![path],
    });
    names.map(module_of_path).collect()
}

/// Returns the paths in a group, which begins after its `{`.
fn of_group(group: &str) -> Vec<&str> {
    let (mut paths, mut depth, mut start) = (Vec::new(), 1, 0);
    for (at, char) in group.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || depth == 1 && char == ',' {
            paths.push(group[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    paths.retain(|path| !path.is_empty());
    paths
}

fn module_of_path(path: &str) -> String {
    let end = path.find(|char| !is_in_name(char)).unwrap_or(path.len());
    let is_module = path.starts_with(|first: char| first.is_lowercase());
    if is_module { &path[..end] } else { "lib.rs" }.to_owned()
}

fn is_in_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
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
        let source = "use crate::a::B;\n// crate::comment::B\nimpl crate::c::D for E {}\n";
        assert_eq!(used(source), ["a", "c"]);
        assert_eq!(
            used("use crate::B;\nuse crate::{a::{B, C},\n    D, e};"),
            ["lib.rs", "a", "lib.rs", "e"]
        );
        assert_eq!(used("$crate::a::B, pub(crate) fn f() {}"), [""; 0]);
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
