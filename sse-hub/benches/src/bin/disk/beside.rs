//! The floor, and what people write by hand.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use rusqlite::Connection;

use super::{BYTES, Times};

/// Appends the data of a batch to a file, and syncs it.
pub(crate) fn bare(folder: &Path, batch: usize, times: &mut Times) {
    let file = OpenOptions::new().create(true).append(true).open(folder.join("log"));
    let mut file = file.expect("a file");
    times.take(batch, |_| {
        let bytes = vec![b'x'; batch * BYTES];
        file.write_all(&bytes).and_then(|()| file.sync_data()).expect("it writes");
    });
}

/// A row for each event, a transaction for each batch.
pub(crate) fn sqlite(folder: &Path, batch: usize, times: &mut Times) {
    let mut connection = Connection::open(folder.join("events")).expect("it opens");
    connection.pragma_update(None, "journal_mode", "WAL").expect("it can");
    connection.pragma_update(None, "synchronous", "FULL").expect("it can");
    let table = "CREATE TABLE events (number INTEGER PRIMARY KEY, topic TEXT, data TEXT)";
    connection.execute(table, ()).expect("a table");
    times.take(batch, |number| insert(&mut connection, number, batch).expect("it inserts"));
}

fn insert(connection: &mut Connection, first: u64, batch: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    let mut insert = transaction.prepare_cached("INSERT INTO events VALUES (?1, 'a', ?2)")?;
    for number in first..first + batch as u64 {
        insert.execute((number.cast_signed(), "x".repeat(BYTES)))?;
    }
    drop(insert);
    transaction.commit()
}
