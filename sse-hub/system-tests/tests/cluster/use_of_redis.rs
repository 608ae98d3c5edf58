//! What a hub needs of its Redis: keys, permissions, and TLS.

use std::future::pending;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sse_hub::{Hub, PublishError, Resumed};
use sse_runtime::{Event, LastEventId};
use system_tests::cluster::server::{RedisServer, free_port};
use tests::left_out::left_out;
use tests::patience::PATIENCE;
use tokio::select;
use tokio::time::{sleep, timeout};

use crate::{redis, text};

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

/// Returns the line of the page `operation` that creates a user.
fn rights() -> Vec<&'static str> {
    let page = include_str!("../../../src/operation.md");
    let line = page.lines().find(|line| line.starts_with("ACL SETUSER")).expect("the line");
    line.split(' ').collect()
}

#[tokio::test]
async fn the_least_rights_are_enough() {
    let Some(redis) = redis("ACL", &[]).await else { return };
    redis.ask(&rights()).await;
    let url = redis.url().replace("//", "//hub:password@");
    assert!(Hub::connect(&url).await.is_err(), "keys of another prefix");
    let hub = Hub::connect(&format!("{url}?prefix=chat")).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("hello")).await.unwrap();
    assert_eq!(text(&mut events).await, "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_least_rights_is_needed() {
    let Some(redis) = redis("ACL", &[]).await else { return };
    // With so many topics that the hub forgets one, and with an ID that no later one can follow.
    let fill = "for topic = 1, 65536 do redis.call('ZADD', KEYS[1], topic, topic) end
        redis.call('DEL', KEYS[2])
        redis.call('XADD', KEYS[2], '99999999999999-0', 'by', 'a test')";
    redis.ask(&rights()).await;
    let url = format!("{}?prefix=chat", redis.url().replace("//", "//hub:password@"));
    let works = async || {
        let Ok(hub) = Hub::connect(&url).await else { return pending().await };
        let mut events = hub.subscribe("a").announce(false);
        while hub.publish("a", Event::data("hello")).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(text(&mut events).await, "hello");
        while hub.forget("a").await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    for right in rights().into_iter().filter(|word| word.starts_with('+')) {
        redis.ask(&["EVAL", fill, "2", "{chat}:topics", "{chat}:log"]).await;
        redis.ask(&["ACL", "SETUSER", "hub", &right.replace('+', "-")]).await;
        redis.ask(&["ACL", "LOG", "RESET"]).await;
        let denied = async {
            while !redis.has_denied(&right[1..]).await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        select! {
            biased;
            denied = timeout(PATIENCE, denied) => denied.expect("it is asked for, or works without"),
            () = works() => assert!(redis.has_denied(&right[1..]).await, "it works without {right}"),
        }
        redis.ask(&["ACL", "SETUSER", "hub", right]).await;
    }
    redis.ask(&["EVAL", fill, "2", "{chat}:topics", "{chat}:log"]).await;
    timeout(PATIENCE, works()).await.expect("with all of them");
}

/// Such events leave their topics behind, all at the same number.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_starts_although_redis_has_refused_events_of_very_many_topics() {
    let Some(redis) = redis("refused topics", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    redis.ask(&["ACL", "SETUSER", "default", "-xadd"]).await;
    for event in 0..40 {
        let topics: Vec<_> = (0..128).map(|topic| format!("{event} {topic}")).collect();
        let refused = hub.publish(topics, Event::data("x")).await;
        assert_eq!(refused, Err(PublishError::Refused));
    }
    redis.ask(&["ACL", "SETUSER", "default", "+xadd"]).await;
    let last = hub.publish("a", Event::data("1")).await.unwrap();
    let cold = timeout(PATIENCE, Hub::connect(&redis.url())).await.expect("it starts").unwrap();
    assert_eq!(cold.position(), last);
}

/// Creates a certificate authority, and a certificate of it for the server on this machine.
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
    assert!(error.to_string().starts_with("the engine can't be used: "), "{error}");
    let error = Hub::connect("rediss://127.0.0.1:1?ca=/not/there").await.expect_err("no file");
    assert!(error.to_string().contains("/not/there"), "{error}");
}

/// Two nodes of a cluster, of which the first has all slots.
async fn cluster() -> Option<[RedisServer; 2]> {
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let port = free_port().to_string();
        nodes.push(
            redis("a cluster", &["--cluster-enabled", "yes", "--cluster-port", &port]).await?,
        );
    }
    let [one, other] = <[_; 2]>::try_from(nodes).ok().expect("two");
    one.ask(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).await;
    one.ask(&[
        "CLUSTER",
        "MEET",
        "127.0.0.1",
        &other.port.to_string(),
        &other.setting("--cluster-port"),
    ])
    .await;
    for node in [&one, &other] {
        let is_up = async {
            let up = |info: String| info.contains("cluster_state:ok");
            while !up(::redis::from_redis_value(node.ask(&["CLUSTER", "INFO"]).await).expect("text"))
            {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, is_up).await.expect("it is up");
    }
    Some([one, other])
}

#[tokio::test]
async fn in_a_cluster_a_hub_is_at_the_node_of_its_slot_and_the_others_say_which_that_is() {
    let Some([one, other]) = cluster().await else { return };
    let hub = Hub::connect(&one.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("hello")).await.unwrap();
    assert_eq!(text(&mut events).await, "hello");
    let error = Hub::connect(&other.url()).await.expect_err("another node has the slot");
    assert!(error.to_string().contains(&one.address().to_string()), "{error}");
}
