//! All figures of a measurement.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::versions::versions;
use crate::Result;
use crate::contender::{Role, Subject};
use crate::machine;
use crate::statistics::Summary;

#[derive(Debug, Serialize, Deserialize)]
pub struct Results {
    pub date: String,
    pub cpu: String,
    pub cores: usize,
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    pub figures: Vec<Figure>,
}

/// What was measured of a [`Subject`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Figure {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub framework: String,
    pub of: String,
    pub role: Role,
    pub case: String,
    pub unit: String,
    #[serde(flatten)]
    pub summary: Summary,
    pub runs: Vec<f64>,
}

impl Default for Results {
    fn default() -> Self {
        Self {
            date: machine::date(),
            cpu: machine::cpu_model(),
            cores: machine::cores(),
            versions: versions(),
            figures: Vec::new(),
        }
    }
}

impl Results {
    /// Adds a run to those of the same figure, and prints it.
    pub fn add(&mut self, subject: Subject, case: &str, unit: &str, run: f64) {
        let Subject { framework, name, role } = subject;
        println!("{framework:9} {name:32} {case:28} {run:10.2} {unit}");
        let is_same = |it: &&mut Figure| {
            it.framework == framework && it.of == name && it.case == case && it.unit == unit
        };
        if let Some(figure) = self.figures.iter_mut().find(is_same) {
            figure.runs.push(run);
            figure.summary = Summary::of(&figure.runs);
            return;
        }
        let [framework, of, case, unit] = [framework, name, case, unit].map(str::to_owned);
        let (summary, runs) = (Summary::of(&[run]), vec![run]);
        self.figures.push(Figure { framework, of, role, case, unit, summary, runs });
    }

    /// Returns how many times that of ours under the same framework this is: the median of what each run
    /// says, since the machine is faster in some than in others.
    pub fn times_ours(&self, figure: &Figure) -> Option<f64> {
        let ours = self.figures.iter().find(|ours| {
            let is_compared = ours.role == Role::Ours && ours.framework == figure.framework;
            is_compared && ours.case == figure.case && ours.unit == figure.unit
        });
        let is_compared = figure.role != Role::Ours && !figure.framework.is_empty();
        let runs = figure.runs.iter().zip(&ours?.runs);
        let ratios: Vec<_> = runs.map(|(run, of_ours)| run / of_ours).collect();
        is_compared.then(|| Summary::of(&ratios).median)
    }

    /// With a line for each figure.
    pub fn write(&self, path: &Path) -> Result {
        let figures = serde_json::to_string(self)?.replace("},{", "},\n{");
        Ok(fs::write(path, figures + "\n")?)
    }

    pub fn read(path: &Path) -> Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    }
}
