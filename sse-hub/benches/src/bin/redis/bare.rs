//! The bare commands of Redis: no script, no order of our own, and no checks.

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::streams::StreamReadReply;
use redis::{Cmd, cmd, pipe};

use crate::server::{Server, connect};
use crate::{BYTES, MANY, Result, SINGLE, publish_paced, rate, since};

const BATCH: usize = 256;

fn add(text: &str) -> Cmd {
    let mut add = cmd("XADD");
    add.arg("log").arg("MAXLEN").arg("~").arg(1_000_000).arg("*").arg("d").arg(text);
    add
}

/// Reads the log's next entries.
async fn read(from: &mut String, connection: &mut MultiplexedConnection) -> Result<Vec<String>> {
    let mut read = cmd("XREAD");
    read.arg("COUNT").arg(1000).arg("BLOCK").arg(1000).arg("STREAMS").arg("log").arg(&*from);
    let reply: Option<StreamReadReply> = read.query_async(connection).await?;
    let mut texts = Vec::new();
    for key in reply.into_iter().flat_map(|reply| reply.keys) {
        for entry in key.ids {
            texts.push(entry.get::<String>("d").unwrap_or_default());
            *from = entry.id;
        }
    }
    Ok(texts)
}

pub(crate) async fn latency(url: &str) -> Result<Vec<Duration>> {
    let (here, mut there) = (connect(url).await?, connect(url).await?);
    let begin = Instant::now();
    let receives = tokio::spawn(async move {
        let (mut times, mut from) = (Vec::new(), "0".to_owned());
        while times.len() < SINGLE as usize {
            for text in read(&mut from, &mut there).await? {
                times.push(since(begin, &text)?);
            }
        }
        Ok(times)
    });
    // As a hub does it: the next event doesn't wait for this one's answer.
    publish_paced(begin, |text| {
        let mut here = here.clone();
        _ = tokio::spawn(async move { add(&text).exec_async(&mut here).await });
    })
    .await;
    receives.await?
}

pub(crate) async fn throughput(server: &Server, readers: usize) -> Result<[f64; 4]> {
    let url = server.url();
    rate(server, async move {
        let readers = (0..readers).map(|_| tokio::spawn(read_all(url.clone())));
        let readers: Vec<_> = readers.collect();
        publish_many(&url, MANY).await?;
        for reader in readers {
            reader.await??;
        }
        Ok(())
    })
    .await
}

/// Publishes this many events, in batches.
pub(crate) async fn publish_many(url: &str, count: u32) -> Result {
    let (mut connection, text) = (connect(url).await?, "x".repeat(BYTES));
    for first in (0..count).step_by(BATCH) {
        let mut pipeline = pipe();
        (first..count).take(BATCH).for_each(|_| _ = pipeline.add_command(add(&text)));
        pipeline.exec_async(&mut connection).await?;
    }
    Ok(())
}

async fn read_all(url: String) -> Result {
    let (mut connection, mut from, mut count) = (connect(&url).await?, "0".to_owned(), 0);
    while count < MANY as usize {
        count += read(&mut from, &mut connection).await?.len();
    }
    Ok(())
}
