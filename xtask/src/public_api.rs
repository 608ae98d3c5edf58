//! The public surface of the published crates, a file for each in `docs/public-api`: a change of it is
//! a change of such a file, and so isn't overlooked. All of their types have `Debug`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use public_api::{Builder, PublicApi};
use xshell::{Shell, cmd};

use crate::{package, root};

/// Compares the files with the crates, or rewrites them.
pub(crate) fn public_api(sh: &Shell, bless: bool) -> Result<()> {
    for name in package::NAMES {
        let surface = surface(sh, name)?;
        let complaints = without_debug(&surface);
        ensure!(complaints.is_empty(), "these types of {name} have no `Debug`: {complaints:?}");
        let file = format!("docs/public-api/{name}.txt");
        if bless {
            sh.write_file(&file, &surface)?;
            continue;
        }
        let found = root().join(format!("target/{name}.txt"));
        sh.write_file(&found, &surface)?;
        // `diff` prints how they differ.
        cmd!(sh, "diff --unified=0 {file} {found}")
            .run()
            .context("if that is intended: cargo xtask public-api --bless")?;
    }
    Ok(())
}

/// Returns everything that users of the crate can name, with all features, a line each.
fn surface(sh: &Shell, name: &str) -> Result<String> {
    let api: PublicApi = Builder::from_rustdoc_json(rustdoc_json(sh, name)?)
        .omit_auto_trait_impls(true)
        .omit_blanket_impls(true)
        .build()
        .context("another Rust needs another version of the crate `public-api`")?;
    let lines: Vec<_> = api.items().map(ToString::to_string).collect();
    Ok(lines.join("\n") + "\n")
}

/// Returns rustdoc's output, in an unstable format.
fn rustdoc_json(sh: &Shell, name: &str) -> Result<PathBuf> {
    let json = ["-Z", "unstable-options", "--output-format", "json", "--cap-lints", "allow"];
    cmd!(sh, "cargo rustdoc --quiet --package {name} --all-features -- {json...}")
        .env("RUSTDOC", root().join("xtask/unstable-rustdoc"))
        .run()?;
    Ok(sh.current_dir().join(format!("target/doc/{}.json", name.replace('-', "_"))))
}

/// Returns the types that don't implement `Debug`. The compiler's lint overlooks types that a macro has
/// written.
fn without_debug(surface: &str) -> Vec<&str> {
    let types = surface.lines().filter_map(|line| {
        let line = line.strip_prefix("#[non_exhaustive] ").unwrap_or(line);
        line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))
    });
    types
        .map(|ty| ty.split(['<', '(', ' ', ';']).next().unwrap_or(ty))
        .filter(|ty| !surface.lines().any(|line| is_debug_of(line, ty)))
        .collect()
}

fn is_debug_of(line: &str, ty: &str) -> bool {
    line.starts_with("impl")
        && line.split_once("core::fmt::Debug for ").is_some_and(|(_, of)| {
            of.strip_prefix(ty).is_some_and(|rest| rest.is_empty() || rest.starts_with(['<', ' ']))
        })
}

#[cfg(test)]
mod tests {
    use super::without_debug;

    #[test]
    fn a_type_without_debug_is_found() {
        let with = "pub struct a::B<C>\nimpl<C> core::fmt::Debug for a::B<C>\n";
        assert_eq!(without_debug(with), [""; 0]);
        let without = "#[non_exhaustive] pub enum a::B\nimpl core::fmt::Debug for a::Bc\n";
        assert_eq!(without_debug(without), ["a::B"]);
    }
}
