//! The versions of what was measured.

use std::collections::BTreeMap;

const LOCK: &str = include_str!("../../../Cargo.lock");

const MEASURED: [&str; 6] =
    ["actix-web", "actix-web-lab", "axum", "hyper", "rocket", "sse-runtime"];

/// From name to version; of hyper the newest, since Rocket has an older one.
pub(super) fn versions() -> BTreeMap<String, String> {
    let packages = LOCK.split("[[package]]").filter_map(|package| {
        let name = field(package, "name")?;
        MEASURED.contains(&name).then_some((name.to_owned(), field(package, "version")?.to_owned()))
    });
    // The lock file is sorted by name, then by version.
    packages.collect()
}

fn field<'a>(package: &'a str, name: &str) -> Option<&'a str> {
    let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))?;
    Some(line.trim_matches('"'))
}
