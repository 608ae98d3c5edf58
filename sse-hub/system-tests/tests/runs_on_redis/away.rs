//! A Redis that is away for a while, starts that are dropped, and what runs leave in it.

use std::time::Duration;

use sse_hub::{RunState, Runs, StartError};
use sse_runtime::Event;
use system_tests::cluster::server::RedisServer;
use tests::patience::PATIENCE;
use tokio::time::{sleep, timeout};

use crate::fed::fed;
use crate::read::{data, next, read};
use crate::{node, redis, separate};

#[tokio::test]
async fn a_run_goes_on_when_redis_is_back_and_ids_that_do_not_exist_leave_nothing() {
    let Some(mut redis) = redis("a Redis that comes back").await else { return };
    redis = {
        drop(redis);
        RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]).await
    };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let (sender, events) = fed();
    here.start("a", events).await.unwrap();
    let found = there.find("a").await.unwrap().expect("it is there");
    let mut join = found.join();
    sender.send(Event::data("1")).unwrap();
    assert!(next(&mut join).await.unwrap().is_ok());
    redis.kill();
    sender.send(Event::data("2")).unwrap();
    redis.start_again().await;
    assert_eq!(data(&next(&mut join).await.unwrap().unwrap()), "2");
    drop(sender);
    assert_eq!(read(join).await, (vec![], None));
    for n in 0..100 {
        assert!(there.find(&format!("missing {n}")).await.unwrap().is_none());
    }
    let keys: usize = redis::from_redis_value(redis.ask(&["DBSIZE"]).await).unwrap();
    assert_eq!(keys, 2, "the run and its stream");
    let expiry: i64 =
        redis::from_redis_value(redis.ask(&["PTTL", "{sse-hub}:runs:a"]).await).unwrap();
    assert!((1..=300_000).contains(&expiry), "Redis forgets it by itself");
}

async fn keys(redis: &RedisServer) -> usize {
    redis::from_redis_value(redis.ask(&["DBSIZE"]).await).unwrap()
}

#[tokio::test]
async fn a_start_that_is_dropped_at_any_moment_holds_no_id() {
    let Some(redis) = redis("dropped starts").await else { return };
    let (here, there) = (node(&redis).await, node(&redis).await);
    for polls in 0..40 {
        let (_sender, events) = fed();
        let mut start = Box::pin(here.start("a", events));
        let mut is_started = false;
        for _ in 0..polls {
            is_started |= futures::poll!(&mut start).is_ready();
            if is_started {
                break;
            }
            sleep(Duration::from_micros(100)).await;
        }
        if is_started {
            // As long as it takes to get there.
            assert!(there.stop("a").await.unwrap());
            break;
        }
        drop(start);
        let free = timeout(PATIENCE, async {
            while keys(&redis).await > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        });
        free.await.expect("nothing is left of it");
    }
    let events = fed().1;
    assert!(there.start("a", events).await.is_ok());
}

#[tokio::test]
async fn nothing_hangs_and_nothing_is_half_done_while_redis_is_away() {
    let Some(mut redis) = redis("a Redis that is away").await else { return };
    let here = node(&redis).await;
    let (_sender, events) = fed();
    let run = here.start("a", events).await.unwrap();
    redis.kill();
    let (found, stopped, started) =
        tokio::join!(here.find("a"), run.stop(), here.start("b", fed().1));
    assert!(matches!(found, Err(sse_hub::RunsError::Engine)));
    assert_eq!(stopped, Err(sse_hub::RunsError::Engine));
    assert!(matches!(started, Err(StartError::Engine)));
    assert_eq!(run.state(), RunState::Running);
}

#[tokio::test]
async fn a_shutdown_waits_once_for_a_redis_that_is_away() {
    let Some(mut redis) = redis("a shutdown without Redis").await else { return };
    let here = node(&redis).await;
    let mut senders = Vec::new();
    for n in 0..40 {
        let (sender, events) = fed();
        here.start(&n.to_string(), events).await.unwrap();
        senders.push(sender);
    }
    redis.kill();
    // One after the other would take more than three minutes.
    timeout(PATIENCE, here.shutdown(Duration::ZERO)).await.expect("it resolves");
    assert_eq!((here.stats().running, here.stats().lost), (0, 40));
}

#[test]
fn any_lease_will_do() {
    let runtime = separate();
    let Some(redis) = runtime.block_on(redis("leases")) else { return };
    for lease in [Duration::ZERO, Duration::MAX] {
        runtime.block_on(async {
            let runs = Runs::builder().lease(lease).connect(&redis.url()).await.unwrap();
            let (sender, events) = fed();
            let run = runs.start("a", events).await.unwrap();
            sender.send(Event::data("1")).unwrap();
            drop(sender);
            assert_eq!(read(run.join()).await, (vec!["1".to_owned()], None));
        });
    }
}
