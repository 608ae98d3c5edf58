//! The tables on the page of figures.

use benches::report::{Column, Results, Table};

use crate::in_process;

pub(crate) const CPU: &str = "µs of CPU per event";
pub(crate) const LAST: &str = "ms until the last has it";
pub(crate) const KIB: &str = "KiB of memory";

pub(crate) fn tables(results: &Results) -> String {
    let tables = TABLES.map(|table| results.table(table)).concat();
    tables + &results.list("The hub alone", in_process::SUBJECT.name)
}

const TABLES: [Table; 3] = [
    Table {
        title: "1,000 clients",
        about: "",
        columns: &live("1000 clients, 1 a wake", "1000 clients, 20 a wake"),
    },
    Table {
        title: "10,000 clients",
        about: "",
        columns: &live("10000 clients, 1 a wake", "10000 clients, 20 a wake"),
    },
    Table {
        title: "Memory",
        about: "",
        columns: &[
            ("an idle client of 10,000, KiB", "an idle client", KIB),
            ("a client that reads nothing of 3,000 events, KiB", "a stalled client", KIB),
        ],
    },
];

const fn live(one: &'static str, twenty: &'static str) -> [Column; 4] {
    [
        ("1 a wake: CPU per event, µs", one, CPU),
        ("the last has it after, ms", one, LAST),
        ("20 a wake: CPU per event, µs", twenty, CPU),
        ("the last has them after, ms", twenty, LAST),
    ]
}
