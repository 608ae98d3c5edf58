//! Medians and the like.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Runs of the same measurement, summed up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Summary {
    pub fn of(runs: &[f64]) -> Self {
        let mut runs = runs.to_vec();
        runs.sort_by(f64::total_cmp);
        let (min, max) = (runs[0], runs[runs.len() - 1]);
        let median = f64::midpoint(runs[(runs.len() - 1) / 2], runs[runs.len() / 2]);
        Self { median, min, max }
    }
}

/// The median, with least and most where these differ.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, min, max] = [self.median, self.min, self.max].map(digits);
        if min == max { f.write_str(&median) } else { write!(f, "{median} ({min} to {max})") }
    }
}

/// About three digits, or all before the point.
pub fn digits(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => grouped(&format!("{value:.0}")),
    }
}

/// With a comma before each three digits.
fn grouped(digits: &str) -> String {
    match digits.len() {
        ..=3 => digits.to_owned(),
        length => {
            let (front, last) = digits.split_at(length - 3);
            format!("{},{last}", grouped(front))
        }
    }
}

/// A quotient of counts.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub fn per(amount: u64, count: usize) -> f64 {
    amount as f64 / count as f64
}

/// The time, in microseconds, that so many percent of these don't exceed.
pub fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e6
}
