//! What must hold without running anything.

use crate::run::{Result, command, run};

/// Each feature of the runtime.
const FEATURES: [&str; 2] = ["json", "rocket"];

pub(crate) fn check() -> Result {
    run(&mut command("cargo fmt --all --check"))?;
    let runtime = "cargo clippy --package sse-runtime --no-default-features";
    run(&mut command(&format!("{runtime} -- -D warnings")))?;
    for feature in FEATURES {
        run(&mut command(&format!("{runtime} --features {feature} -- -D warnings")))?;
    }
    run(&mut command("cargo clippy --workspace --all-targets --all-features -- -D warnings"))?;
    let doc = "cargo doc --workspace --all-features --no-deps --document-private-items";
    run(command(doc).env("RUSTDOCFLAGS", "-D warnings"))
}
