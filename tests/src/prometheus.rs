//! The text that Prometheus reads.

use std::collections::BTreeMap;

/// The value of each metric, by its name and labels.
#[must_use]
pub fn values(text: &str) -> BTreeMap<String, f64> {
    let samples = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let pairs = samples.map(|sample| sample.rsplit_once(' ').expect("a name and a value"));
    pairs.map(|(name, value)| (name.to_owned(), value.parse().expect("a number"))).collect()
}
