//! The figures of the README are those that were measured last: `SSE_TEST_BLESS=1` writes them anew.

use std::fs::{read_to_string, write};
use std::path::{Path, PathBuf};

use serde_json::Value;

const PEERS: [(&str, &str); 3] =
    [("Rocket", "Rocket's own"), ("axum", "axum's own"), ("actix-web", "actix-web-lab")];

const HEAD: &str = "\n| ours, compared with | a burst on one connection | 20 events at once to \
                    1,000 clients | one event at a time to 1,000 clients |\n|---|---|---|---|\n";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

fn read(name: &str) -> String {
    read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn runs(figure: &Value) -> impl Iterator<Item = f64> {
    let runs = figure["runs"].as_array().expect("runs").iter();
    runs.map(|run| run.as_f64().expect("a number"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
}

/// What the peer takes, as multiples of what ours takes in the same run, in each case that begins like this.
fn multiples(results: &Value, case: &str, framework: &str) -> Vec<f64> {
    let figures = results["figures"].as_array().expect("figures").iter();
    let figures: Vec<_> = figures
        .filter(|figure| {
            figure["unit"] == "ns of CPU per event" && figure["framework"] == framework
        })
        .filter(|figure| figure["case"].as_str().is_some_and(|it| it.starts_with(case)))
        .collect();
    let of_role = |role: &'static str| figures.iter().filter(move |figure| figure["role"] == role);
    let multiple = |peer: &Value| {
        let ours = of_role("ours").find(|ours| ours["case"] == peer["case"]).expect("ours");
        let ratios = runs(peer).zip(runs(ours)).map(|(peer, ours)| peer / ours);
        median(ratios.collect())
    };
    let mut multiples: Vec<_> = of_role("peer").map(|peer| multiple(peer)).collect();
    multiples.sort_by(f64::total_cmp);
    multiples
}

/// Two digits, or all before the point.
fn number(multiple: f64) -> String {
    if multiple < 9.95 { format!("{multiple:.1}") } else { format!("{multiple:.0}") }
}

fn less_or_more(multiple: f64) -> String {
    let percent = 100.0 / multiple - 100.0;
    if percent > 0.5 {
        format!("{percent:.0} % more")
    } else if percent > -0.5 {
        "the same".to_owned()
    } else if percent > -15.0 {
        format!("{:.0} % less", -percent)
    } else {
        format!("{} times less", number(multiple))
    }
}

fn row(results: &Value, (framework, peer): (&str, &str)) -> String {
    let bursts = multiples(results, "burst, ", framework);
    let [least, .., most] = bursts[..] else { panic!("several kinds of events") };
    let at_once = |case| less_or_more(multiples(results, case, framework)[0]);
    format!(
        "| {peer} | {} to {} times less | {} | {} |\n",
        number(least),
        number(most),
        at_once("fan-out, 20 a wake"),
        at_once("fan-out, 1 a wake")
    )
}

#[test]
fn the_readme_has_the_figures_that_were_measured() {
    let results = serde_json::from_str(&read("benches/results.json")).expect("JSON");
    let table: String = PEERS.into_iter().map(|peer| row(&results, peer)).collect();
    let readme = read("README.md");
    let (before, rest) = readme.split_once(HEAD).expect("the table");
    let (old, after) = rest.split_once("\n\n").expect("its end");
    if std::env::var_os("SSE_TEST_BLESS").is_some() {
        let new = format!("{before}{HEAD}{}\n\n{after}", table.trim_end());
        write(path("README.md"), new).expect("it can be written");
    } else {
        assert_eq!(format!("{old}\n"), table, "run this test with SSE_TEST_BLESS=1");
    }
}
