//! What the compressor of a connection takes.

use std::process::Command;

use benches::cost::resident;
use futures::StreamExt as _;
use sse_runtime::{Compression, Event};

use crate::cost::lengths;

const CONNECTIONS: u64 = 40;
/// How many events each connection sends before its memory is measured.
const WARM: usize = 100;

/// Measured in a process of its own, since freed memory is used again.
pub(crate) fn alone(data: usize, choice: usize) -> u64 {
    let program = std::env::current_exe().expect("this program");
    let arguments = [data, choice].map(|number| number.to_string());
    let output = Command::new(program).args(arguments).output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

pub(crate) async fn of_a_connection(events: &'static [Event], compression: Compression) -> u64 {
    let before = resident().expect("Linux");
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = lengths(events, compression);
        for _ in 0..WARM {
            connection.next().await;
        }
        connections.push(connection);
    }
    resident().expect("Linux").saturating_sub(before) / CONNECTIONS
}
