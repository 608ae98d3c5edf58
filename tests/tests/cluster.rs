//! Hubs on one Redis, and its faults: each client receives what was published, or is told.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use futures::StreamExt as _;
use sse_hub::{Hub, PublishError, Resumed};
use sse_runtime::{Event, LastEventId};
use tests::cluster::server::{RedisServer, forward, free_port, is_here};
use tests::cluster::world::World;
use tests::left_out::left_out;
use tests::patience::{PATIENCE, until};
use tokio::time::{sleep, timeout};

const CLIENTS: usize = 200;
const A_SECOND: u64 = 1000;

/// Enough for events to pass, on a machine of any speed: nothing is asserted of it.
const A_WHILE: Duration = Duration::from_millis(700);

/// A Redis, if this machine has one.
async fn redis(test: &str, settings: &[&str]) -> Option<RedisServer> {
    if !is_here() {
        left_out(test, "redis-server");
        return None;
    }
    Some(RedisServer::start(settings).await)
}

async fn world(redis: &RedisServer) -> World {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    World::start(&redis.url(), CLIENTS, A_SECOND, seed).await
}

async fn text(events: &mut sse_hub::Subscription) -> String {
    let event = timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on");
    event.fields().data.expect("data").to_owned()
}

#[tokio::test]
async fn an_event_reaches_the_clients_of_every_node_with_all_of_its_fields() {
    let Some(redis) = redis("events across nodes", &[]).await else { return };
    let url = redis.url();
    let (here, there) = (Hub::connect(&url).await.unwrap(), Hub::connect(&url).await.unwrap());
    let mut events = [&here, &there].map(|hub| hub.subscribe(["a", "b"]).announce(false));
    let sent = Event::data("x\ndata: y")
        .event("greeting")
        .with_comment("of a friend")
        .with_retry(Duration::from_millis(1500));
    let id = here.publish(["b", "a"], sent.clone()).await.unwrap();
    for events in &mut events {
        let event = timeout(PATIENCE, events.next()).await.unwrap().unwrap();
        assert_eq!(event, sent.clone().id(id.to_string()));
    }
}

#[tokio::test]
async fn hubs_with_different_prefixes_share_a_redis_and_nothing_else() {
    let Some(redis) = redis("prefixes", &[]).await else { return };
    let hub = |prefix: &str| {
        let url = format!("{}?prefix={prefix}", redis.url());
        async move { Hub::connect(&url).await.unwrap() }
    };
    let (one, other) = (hub("one").await, hub("other").await);
    let mut events = other.subscribe("a").announce(false);
    one.publish("a", Event::data("one")).await.unwrap();
    other.publish("a", Event::data("other")).await.unwrap();
    assert_eq!(text(&mut events).await, "other");
}

#[tokio::test]
async fn a_node_that_starts_has_what_was_published_before() {
    let Some(redis) = redis("reading back", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut ids = Vec::new();
    for number in 0..2500 {
        ids.push(hub.publish("a", Event::data(number.to_string())).await.unwrap());
    }
    let cold = Hub::connect(&redis.url()).await.unwrap();
    assert_eq!(cold.position(), ids[2499]);
    let mut events = cold.subscribe("a").resume(Some(ids[9].into())).announce(false);
    assert_eq!(events.resumed().await, Resumed::Complete);
    for number in 10..2500 {
        assert_eq!(text(&mut events).await, number.to_string());
    }
}

#[tokio::test]
async fn a_cold_node_tells_of_a_gap_where_there_is_one_and_not_to_the_clients_of_a_quiet_topic() {
    let Some(redis) = redis("floors", &[]).await else { return };
    let short = || Hub::builder().replay(Duration::from_millis(200), 1 << 20);
    let hub = short().connect(&redis.url()).await.unwrap();
    let quiet = hub.publish("quiet", Event::data("q")).await.unwrap();
    let busy = hub.publish("busy", Event::data("1")).await.unwrap();
    hub.publish("busy", Event::data("2")).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    hub.publish("busy", Event::data("3")).await.unwrap();
    let cold = short().connect(&redis.url()).await.unwrap();
    let at = |topic, id: sse_hub::EventId| cold.subscribe(topic).resume(Some(id.into()));
    assert_eq!(at("quiet", quiet).resumed().await, Resumed::Complete);
    assert_eq!(at("never", busy).resumed().await, Resumed::Complete);
    assert_eq!(at("busy", busy).resumed().await, Resumed::Gap);
}

#[tokio::test]
async fn the_least_rights_are_enough() {
    let Some(redis) = redis("ACL", &[]).await else { return };
    let page = include_str!("../../sse-hub/src/operation.md");
    let rights = page.lines().find(|line| line.starts_with("ACL SETUSER")).expect("the line");
    redis.ask(&rights.split(' ').collect::<Vec<_>>()).await;
    let url = redis.url().replace("//", "//hub:password@");
    assert!(Hub::connect(&url).await.is_err(), "keys of another prefix");
    let hub = Hub::connect(&format!("{url}?prefix=chat")).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("hello")).await.unwrap();
    assert_eq!(text(&mut events).await, "hello");
}

/// Makes an authority of its own and a certificate by it, for the server on this machine.
fn certificates(folder: &Path) -> bool {
    let commands = [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ours",
        "req -newkey rsa:2048 -nodes -keyout redis.key -out redis.csr -subj /CN=redis",
        "x509 -req -in redis.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
         -extfile names -out redis.pem",
    ];
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1").expect("a file");
    commands.iter().all(|command| {
        let mut openssl = Command::new("openssl");
        openssl.args(command.split_whitespace()).current_dir(folder);
        openssl.output().is_ok_and(|output| output.status.success())
    })
}

#[tokio::test]
async fn over_tls_the_certificate_is_checked_and_so_is_the_password() {
    let folder = tempfile::tempdir().unwrap();
    if !certificates(folder.path()) {
        return left_out("TLS to Redis", "openssl");
    }
    let file = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let (port, certificate, key, ca) =
        (free_port().to_string(), file("redis.pem"), file("redis.key"), file("ca.pem"));
    let certified = ["--tls-cert-file", &certificate, "--tls-key-file", &key];
    let settings = ["--tls-port", &port, "--tls-ca-cert-file", &ca, "--tls-auth-clients", "no"];
    let settings = [&certified[..], &settings].concat();
    let Some(redis) = redis("TLS", &settings).await else { return };
    redis.ask(&["CONFIG", "SET", "requirepass", "secret"]).await;
    let url = |password: &str, rest: &str| format!("rediss://:{password}@127.0.0.1:{port}{rest}");
    let trusted = format!("?ca={ca}");
    assert!(Hub::connect(&url("secret", "")).await.is_err(), "nobody knows this authority");
    assert!(Hub::connect(&url("guess", &trusted)).await.is_err(), "the password is wrong");
    let hub = Hub::connect(&url("secret", &trusted)).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("hello")).await.unwrap();
    assert_eq!(text(&mut events).await, "hello");
}

#[tokio::test]
async fn a_position_that_redis_has_not_reached_is_unknown() {
    let Some(redis) = redis("positions ahead", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let id = hub.publish("a", Event::data("1")).await.unwrap().to_string();
    let ahead = format!("{}.9", id.split_once('.').unwrap().0);
    let mut events = hub.subscribe("a").resume(LastEventId::new(ahead));
    assert_eq!(timeout(PATIENCE, events.resumed()).await.unwrap(), Resumed::Unknown);
}

#[tokio::test]
async fn without_redis_connecting_fails_and_says_so() {
    let error = Hub::connect("redis://127.0.0.1:1").await.expect_err("nobody is there");
    assert!(error.to_string().starts_with("the hub's engine: "), "{error}");
    let error = Hub::connect("rediss://127.0.0.1:1?ca=/not/there").await.expect_err("no file");
    assert!(error.to_string().contains("/not/there"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_come_and_go_between_nodes_receive_everything() {
    let Some(redis) = redis("clients between nodes", &[]).await else { return };
    let world = world(&redis).await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!((outcome.gaps(), outcome.ledger.unknown), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_killed_and_paused_lose_nothing() {
    let Some(redis) = redis("killed connections", &[]).await else { return };
    let world = world(&redis).await;
    for _ in 0..3 {
        sleep(A_WHILE / 2).await;
        redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]).await;
        sleep(A_WHILE / 2).await;
        redis.ask(&["CLIENT", "PAUSE", "300"]).await;
    }
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_killed_with_all_on_disk_loses_nothing() {
    let settings = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut redis) = redis("a kill with AOF", &settings).await else { return };
    let world = world(&redis).await;
    sleep(A_WHILE).await;
    redis.kill();
    until("the nodes see it", || world.nodes.iter().all(|node| !node.stats().connected)).await;
    redis.start_again().await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_killed_with_nothing_on_disk_makes_a_gap_for_everyone() {
    let Some(mut redis) = redis("a kill without persistence", &[]).await else { return };
    let world = world(&redis).await;
    sleep(A_WHILE).await;
    redis.kill();
    redis.start_again().await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert!(outcome.records.iter().all(|record| record.gaps() == ["unknown"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_flushed_makes_a_gap_for_everyone() {
    let Some(redis) = redis("FLUSHALL", &[]).await else { return };
    let world = world(&redis).await;
    sleep(A_WHILE).await;
    redis.ask(&["FLUSHALL"]).await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert!(outcome.records.iter().all(|record| record.gaps() == ["unknown"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_stands_still_for_a_while_loses_nothing() {
    let Some(redis) = redis("SIGSTOP", &[]).await else { return };
    let world = world(&redis).await;
    sleep(A_WHILE).await;
    redis.signal("-STOP");
    until("the nodes see it", || world.nodes.iter().all(|node| !node.stats().connected)).await;
    redis.signal("-CONT");
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}

/// A replica is promoted while the old primary takes more. What is numbered there as what was lost
/// are other events.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tail_makes_a_gap_for_everyone_and_nothing_else_is_missing() {
    let Some(mut primary) = redis("a lost tail", &[]).await else { return };
    let port = primary.port.to_string();
    let replica = RedisServer::start(&["--replicaof", "127.0.0.1", &port]).await;
    until_replica(&replica).await;
    let world = world(&primary).await;
    sleep(A_WHILE).await;
    replica.ask(&["REPLICAOF", "NO", "ONE"]).await;
    sleep(A_WHILE).await;
    primary.kill();
    let forward = forward(primary.port, replica.port).await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    forward.abort();
    assert!(outcome.records.iter().all(|record| record.gaps() == ["unknown"]));
}

async fn until_replica(replica: &RedisServer) {
    let is_up = async {
        while !replica.info("replication").await.contains("master_link_status:up") {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, is_up).await.expect("it follows the primary");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_full_refuses_and_nobody_receives_what_it_refused() {
    let Some(redis) = redis("maxmemory", &["--maxmemory-policy", "noeviction"]).await else {
        return;
    };
    let world = world(&redis).await;
    sleep(A_WHILE).await;
    redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let refused = async {
        loop {
            let outcome = world.nodes[0].publish("e", Event::data("?")).await;
            if outcome == Err(PublishError::Refused) {
                return;
            }
        }
    };
    timeout(PATIENCE, refused).await.expect("it refuses");
    redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}
