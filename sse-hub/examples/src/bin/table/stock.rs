//! The data of the table.

use std::sync::{Arc, Mutex};

use sse_hub::Hub;
use sse_runtime::Event;

const NAMES: [&str; 3] = ["apples", "pears", "plums"];

#[derive(Clone)]
pub(crate) struct Stock {
    pub(crate) hub: Hub,
    left: Arc<Mutex<[u32; NAMES.len()]>>,
}

impl Stock {
    pub(crate) fn new() -> Self {
        Self { hub: Hub::new(), left: Arc::new(Mutex::new([100; NAMES.len()])) }
    }

    /// Sells one of the row's, if there is such a row.
    pub(crate) fn sell(&self, row: usize) {
        let mut left = self.left.lock().expect("nothing panics in between");
        let Some(count) = left.get_mut(row) else { return };
        *count = count.saturating_sub(1);
        // It is published before anything else can change, so the last event of a row is its last change. The
        // hub is in memory, and has published it already.
        drop(self.hub.publish("stock", Event::data(html(row, *count))));
    }

    /// Returns all rows as HTML.
    pub(crate) fn rows(&self) -> String {
        let left = self.left.lock().expect("nothing panics in between");
        let rows = left.iter().enumerate().map(|(row, &count)| html(row, count));
        rows.collect::<Vec<_>>().join("\n")
    }
}

/// A row takes the place of the one with the same ID: in datastar by itself, in htmx as `hx-swap-oob` says.
fn html(row: usize, count: u32) -> String {
    let name = NAMES[row];
    format!(r#"<tr id="{name}" hx-swap-oob="true"><td>{name}</td><td>{count}</td></tr>"#)
}
