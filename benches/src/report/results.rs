//! All figures of a measurement.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::versions::versions;
use crate::Result;
use crate::contender::{Contender, Role};
use crate::machine;
use crate::statistics::Summary;

/// Rows that are compared with each other.
#[derive(Debug)]
pub struct Group {
    pub workload: &'static str,
    pub case: String,
    pub framework: &'static str,
    pub unit: &'static str,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.workload, self.case, self.framework)
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    pub workload: String,
    pub case: String,
    pub framework: String,
    pub contender: String,
    pub role: Role,
    pub unit: String,
    #[serde(flatten)]
    pub summary: Summary,
    /// How many times the median of ours this one is.
    pub times_ours: f64,
    pub runs: Vec<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Results {
    pub date: String,
    pub cpu: String,
    pub cores: usize,
    pub versions: BTreeMap<String, String>,
    pub rows: Vec<Row>,
}

impl Default for Results {
    fn default() -> Self {
        Self {
            date: machine::date(),
            cpu: machine::cpu_model(),
            cores: machine::cores(),
            versions: versions(),
            rows: Vec::new(),
        }
    }
}

impl Results {
    /// Adds the runs of each contender, ours first, and prints them.
    pub(crate) fn add(&mut self, group: &Group, contenders: &[Contender], runs: &[Vec<f64>]) {
        let ours = Summary::of(&runs[0]).median;
        for (contender, runs) in contenders.iter().zip(runs) {
            let row = row(group, contender, ours, runs);
            println!("{row}");
            self.rows.push(row);
        }
    }

    /// With a line for each row.
    pub fn write(&self, path: &Path) -> Result {
        let rows = serde_json::to_string(self)?.replace("},{", "},\n{");
        Ok(fs::write(path, rows + "\n")?)
    }

    pub fn read(path: &Path) -> Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    }
}

fn row(group: &Group, contender: &Contender, ours: f64, runs: &[f64]) -> Row {
    let summary = Summary::of(runs);
    Row {
        workload: group.workload.to_owned(),
        case: group.case.clone(),
        framework: group.framework.to_owned(),
        contender: contender.name.to_owned(),
        role: contender.role,
        unit: group.unit.to_owned(),
        summary,
        times_ours: summary.median / ours,
        runs: runs.to_vec(),
    }
}

/// A line of the table.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { workload, case, framework, contender, summary, times_ours, unit, .. } = self;
        let Summary { median, min, max } = summary;
        write!(f, "{workload:8} {case:16} {framework:10} {contender:25}")?;
        write!(f, "{median:10.1} ({min:.1} to {max:.1}) {unit}, {times_ours:.2} × ours")
    }
}
