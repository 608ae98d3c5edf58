//! All figures of a hub's measurement.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::contenders::Contender;
use benches::Result;
use benches::contender::Role;
use benches::machine;
use benches::statistics::Summary;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) date: String,
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) figures: Vec<Figure>,
}

/// What was measured of one server, or of a hub without a server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) of: String,
    pub(crate) role: Role,
    pub(crate) case: String,
    pub(crate) unit: String,
    #[serde(flatten)]
    pub(crate) summary: Summary,
    pub(crate) runs: Vec<f64>,
}

impl Default for Results {
    fn default() -> Self {
        Self {
            date: machine::date(),
            cpu: machine::cpu_model(),
            cores: machine::cores(),
            figures: Vec::new(),
        }
    }
}

impl Results {
    pub(crate) fn add(&mut self, contender: &Contender, case: &str, unit: &str, value: f64) {
        self.add_run(contender.name, contender.role, case, unit, value);
    }

    /// Adds a run to those of the same figure.
    pub(crate) fn add_run(&mut self, of: &str, role: Role, case: &str, unit: &str, value: f64) {
        println!("{of:32} {case:28} {value:10.2} {unit}");
        let same = |it: &&mut Figure| it.of == of && it.case == case && it.unit == unit;
        if let Some(figure) = self.figures.iter_mut().find(same) {
            figure.runs.push(value);
            figure.summary = Summary::of(&figure.runs);
            return;
        }
        let [of, case, unit] = [of, case, unit].map(str::to_owned);
        let summary = Summary::of(&[value]);
        self.figures.push(Figure { of, role, case, unit, summary, runs: vec![value] });
    }

    /// Encodes the results, with a line for each row.
    pub(crate) fn write(&self, path: &Path) -> Result {
        let rows = serde_json::to_string(self)?.replace("},{", "},\n{");
        Ok(fs::write(path, rows + "\n")?)
    }

    pub(crate) fn read(path: &Path) -> Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    }
}
