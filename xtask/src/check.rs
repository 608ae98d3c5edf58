//! The checks that run no tests.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{install, msrv, package, public_api};

pub(crate) fn check(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo fmt --all --check").run()?;
    let hack = install::cargo_hack(sh)?;
    // All features together follow below, with the tests.
    cmd!(
        sh,
        "{hack} hack clippy --ignore-private --each-feature --exclude-all-features -- -D warnings"
    )
    .run()?;
    // `test = false` keeps the fast tests out of `--all-targets`.
    for targets in [&["--all-targets"][..], &["--test=fast", "--test=users_of_the_macro"]] {
        cmd!(sh, "cargo clippy --workspace --all-features {targets...} -- -D warnings").run()?;
    }
    let fuzz = ["--manifest-path", "fuzz/Cargo.toml"];
    cmd!(sh, "cargo fmt {fuzz...} --check").run()?;
    cmd!(sh, "cargo clippy {fuzz...} --target-dir target --all-targets -- -D warnings").run()?;
    doc(sh)?;
    public_api::public_api(sh, false)?;
    package::package(sh)?;
    msrv::check(sh)
}

fn doc(sh: &Shell) -> Result<()> {
    let _strict = sh.push_env("RUSTDOCFLAGS", "-D warnings");
    let published = ["--package=sse-runtime", "--package=sse-macros", "--package=sse-hub"];
    for features in ["--no-default-features", "--all-features"] {
        cmd!(sh, "cargo doc {published...} --no-deps {features}").run()?;
    }
    Ok(())
}
