//! Every client of the table reads the same events from a server under each framework.

mod browser;
mod deviation;
mod ends;
mod in_rust;
mod old;
mod opening;
mod page;
mod preflight;
mod programs;
mod table;

use std::fmt::Write as _;

use table::{CLIENTS, Client};
use tests::deadline::DEADLINE;
use tests::servers::script::{Read, expected};
use tests::servers::{Framework, Server, Version};
use tokio::time::timeout;

/// What a client read, or why nothing can be told of it.
type Outcome = Result<Vec<Read>, String>;

/// Runs these clients against each server, and tells of all that read something else.
async fn each_reads_the_script(
    is_one: impl Fn(&Client) -> bool,
    read: impl AsyncFn(&Client, &Server) -> Outcome,
) {
    let clients: Vec<_> = CLIENTS.iter().filter(|client| is_one(client)).collect();
    assert!(!clients.is_empty());
    let mut complaints = String::new();
    for framework in Framework::ALL {
        let server = Server::start(framework, Version::Http1).await;
        for client in &clients {
            let read = timeout(DEADLINE, read(client, &server)).await;
            let read = read.unwrap_or_else(|_| Err("it is still reading".to_owned()));
            if let Err(complaint) = check(client, read) {
                let name = client.name;
                writeln!(complaints, "{name} from {framework:?}: {complaint}").unwrap();
            }
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// Compares with what is expected of this client, up to the first difference.
fn check(client: &Client, read: Outcome) -> Result<(), String> {
    compare(&read?, &client.expected())
}

fn compare(read: &[Read], expected: &[Read]) -> Result<(), String> {
    let same = read.iter().zip(expected).take_while(|(a, b)| a == b).count();
    if same == read.len() && same == expected.len() {
        return Ok(());
    }
    let [read, expected] = [read, expected].map(|events| shown(events.get(same)));
    Err(format!("event {same} is {read}, not {expected}"))
}

fn shown(event: Option<&Read>) -> String {
    event.map_or("missing".to_owned(), |event| format!("{event:?}").chars().take(200).collect())
}

#[test]
fn every_deviation_in_the_table_changes_what_is_read() {
    for client in &CLIENTS {
        for deviation in client.deviations {
            let mut events = expected();
            (deviation.apply)(&mut events);
            assert_ne!(events, expected(), "{}: {}", client.name, deviation.what);
        }
    }
}
