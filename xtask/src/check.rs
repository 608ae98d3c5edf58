//! What must hold without running anything.

use crate::run::{Result, command, run};

/// Each feature of the runtime.
const FEATURES: [&str; 5] = ["actix-web", "axum", "http-body", "json", "rocket"];

pub(crate) fn check() -> Result {
    run(&mut command("cargo fmt --all --check"))?;
    let runtime = "cargo clippy --package sse-runtime --no-default-features";
    run(&mut command(&format!("{runtime} -- -D warnings")))?;
    for feature in FEATURES {
        run(&mut command(&format!("{runtime} --features {feature} -- -D warnings")))?;
    }
    run(&mut command("cargo clippy --workspace --all-targets --all-features -- -D warnings"))?;
    let fuzz = "--manifest-path fuzz/Cargo.toml";
    let target = "--target-dir target";
    run(&mut command(&format!("cargo fmt {fuzz} --check")))?;
    run(&mut command(&format!("cargo clippy {fuzz} {target} --all-targets -- -D warnings")))?;
    for features in ["--no-default-features", "--all-features"] {
        let doc = format!(
            "cargo doc --package sse-runtime --package sse-macros --package sse-hub --no-deps {features}"
        );
        run(command(&doc).env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}
