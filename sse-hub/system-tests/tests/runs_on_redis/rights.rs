//! What a user of Redis has to be allowed for runs.

use std::time::Duration;

use redis::Value;
use sse_hub::Runs;
use sse_runtime::Event;
use tests::patience::PATIENCE;
use tokio::select;
use tokio::time::{sleep, timeout};

use crate::fed::fed;
use crate::read::{data, next};

/// Returns the line of the page that creates a user.
fn rights() -> Vec<&'static str> {
    let page = include_str!("../../../src/long_running_streams.md");
    let line = page.lines().find(|line| line.starts_with("ACL SETUSER")).expect("the line");
    line.split(' ').collect()
}

/// Lets one node produce what another reads, and stops. `None` if anything fails.
async fn use_all(url: &str) -> Option<()> {
    let (here, there) = (Runs::connect(url).await.ok()?, Runs::connect(url).await.ok()?);
    let mut senders = Vec::new();
    for id in ["a", "b"] {
        // The second is joined while the first is read.
        let (sender, events) = fed();
        let _run = here.start(id, events).await.ok()?;
        let mut join = there.find(id).await.ok()??.join();
        for n in ["1", "2"] {
            sender.send(Event::data(n)).unwrap();
            assert_eq!(data(&next(&mut join).await?.ok()?), n);
        }
        tokio::spawn(async move { while next(&mut join).await.is_some() {} });
        senders.push(sender);
        // So that it is read on by waiting for what comes next.
        sleep(Duration::from_millis(50)).await;
    }
    for id in ["a", "b"] {
        there.stop(id).await.ok()?.then_some(())?;
    }
    Some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_least_rights_are_enough_and_each_is_needed() {
    let Some(redis) = crate::redis("the rights for runs").await else { return };
    redis.ask(&rights()).await;
    let url = redis.url().replace("//", "//runs:password@");
    let enough = async { while use_all(&url).await.is_none() {} };
    timeout(PATIENCE, enough).await.expect("they are enough");
    assert_eq!(redis.ask(&["ACL", "LOG"]).await, Value::Array(Vec::new()));
    for right in rights().into_iter().filter(|word| word.starts_with('+')) {
        redis.ask(&["FLUSHALL"]).await;
        redis.ask(&["ACL", "SETUSER", "runs", &right.replace('+', "-")]).await;
        redis.ask(&["ACL", "LOG", "RESET"]).await;
        let denied = async {
            while !redis.has_denied(&right[1..]).await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        let uses = async {
            loop {
                use_all(&url).await;
            }
        };
        select! {
            biased;
            denied = timeout(PATIENCE, denied) => denied.expect("it is asked for, or works without"),
            () = uses => unreachable!(),
        }
        redis.ask(&["ACL", "SETUSER", "runs", right]).await;
    }
}
