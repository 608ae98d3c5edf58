//! A node of a cluster, as its subscriptions see it, on an engine whose answers a test decides.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use sse_runtime::{Event, LastEventId};
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout};

use super::{Engine, Shared};
use crate::error::PublishError;
use crate::event_id::EventId;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::log::{KnownTopics, Origin};
use crate::message::{Group, Message};
use crate::node::Node;
use crate::positions::{Resumed, Start};
use crate::publish::Publish;
use crate::subscription::Subscription;
use crate::topics::Names;

type Outcome = oneshot::Sender<Result<EventId, PublishError>>;

/// The engine has reached it, but can't say so.
const NO_ANSWER: u64 = u64::MAX;

/// Hands everything to the test.
struct ByHand {
    published: mpsc::UnboundedSender<(Message, Outcome)>,
    reached: Arc<Mutex<u64>>,
}

impl Engine for ByHand {
    fn publish(&self, group: Group) -> Publish {
        let (outcome, publish) = Publish::pending();
        self.published.send((group.first, outcome)).expect("the test goes on");
        publish
    }

    fn has_reached(&self, position: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        let reached = Arc::clone(&self.reached);
        Box::pin(async move {
            // Also for a task that is polled by hand.
            pending_once().await;
            let reached = *reached.lock().unwrap();
            if reached == NO_ANSWER {
                pending::<()>().await;
            }
            reached >= position.sequence
        })
    }
}

async fn pending_once() {
    let mut has_waited = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut has_waited, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

struct Cluster {
    hub: Hub,
    node: Arc<Node>,
    published: mpsc::UnboundedReceiver<(Message, Outcome)>,
    reached: Arc<Mutex<u64>>,
}

impl Cluster {
    fn new() -> Self {
        let limits = Limits::default();
        let node =
            Arc::new(Node::new(&limits, Origin { epoch: 1, through: 0 }, KnownTopics::nothing(0)));
        let (sender, published) = mpsc::unbounded_channel();
        let reached = Arc::default();
        let engine = ByHand { published: sender, reached: Arc::clone(&reached) };
        let hub = Hub::of(Shared::new(limits, Arc::clone(&node), Box::new(engine)));
        Self { hub, node, published, reached }
    }

    /// Has an event of another node arrive.
    fn arrives(&self, data: &'static str) -> EventId {
        let message = Message::event(Names::new(&"a").unwrap(), Event::data(data));
        self.node.accept(message, Duration::ZERO)
    }

    fn at(&self, epoch: u64, sequence: u64) -> Subscription {
        let last = LastEventId::new(EventId { epoch, sequence }.to_string());
        self.hub.subscribe("a").resume(last).announce(false)
    }
}

fn data(event: Option<Event>) -> String {
    event.unwrap().fields().data.unwrap().to_owned()
}

fn gap(event: Option<Event>) -> (String, EventId) {
    let id = event.as_ref().unwrap().fields().id.unwrap().parse().unwrap();
    (data(event), id)
}

#[tokio::test]
async fn a_position_that_the_engine_has_and_the_node_has_not_yet_waits_for_the_node() {
    let cluster = Cluster::new();
    *cluster.reached.lock().unwrap() = 2;
    let mut events = cluster.at(1, 2);
    for data in ["one", "two"] {
        assert!(events.next().now_or_never().is_none());
        yield_now().await;
        cluster.arrives(data);
    }
    cluster.arrives("three");
    assert_eq!(events.resumed().await, Resumed::Complete);
    assert_eq!(data(events.next().await), "three");
}

#[tokio::test]
async fn a_position_of_a_history_that_the_node_has_not_heard_of_yet_waits_for_it() {
    let cluster = Cluster::new();
    cluster.arrives("of the history that is over");
    *cluster.reached.lock().unwrap() = 7;
    let mut events = cluster.at(2, 7);
    for _ in 0..3 {
        assert!(events.next().now_or_never().is_none());
        yield_now().await;
    }
    cluster.node.restart(Origin { epoch: 2, through: 6 }, KnownTopics::nothing(6));
    cluster.arrives("seven");
    cluster.arrives("eight");
    assert_eq!(events.resumed().await, Resumed::Complete);
    assert_eq!(data(events.next().await), "eight");
}

#[tokio::test]
async fn a_position_that_the_engine_has_not_reached_is_unknown() {
    let cluster = Cluster::new();
    cluster.arrives("one");
    let mut events = cluster.at(1, 2);
    let here = EventId { epoch: 1, sequence: 1 };
    assert_eq!(gap(events.next().await), ("unknown".to_owned(), here));
    cluster.arrives("two");
    assert_eq!(data(events.next().await), "two");
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_for_an_answer_ends_when_the_hub_is_drained() {
    let cluster = Cluster::new();
    *cluster.reached.lock().unwrap() = NO_ANSWER;
    let mut events = cluster.at(1, 2);
    let reading = tokio::spawn(async move { (events.next().await, events.next().await) });
    for _ in 0..3 {
        yield_now().await;
    }
    let begin = Instant::now();
    cluster.hub.drain(Duration::from_secs(1)).await;
    let read = timeout(Duration::from_secs(60), reading).await.expect("it is woken");
    let (farewell, end) = read.unwrap();
    assert!(farewell.is_some_and(|event| event.fields().retry.is_some()) && end.is_none());
    assert!(begin.elapsed() <= Duration::from_secs(1));
}

/// Whether the engine has said yes, or says nothing yet.
const ANSWERS: [u64; 2] = [1000, NO_ANSWER];

#[tokio::test]
async fn a_herd_whose_positions_are_ahead_is_woken_by_no_event_but_its_own() {
    for answer in ANSWERS {
        let cluster = Cluster::new();
        *cluster.reached.lock().unwrap() = answer;
        // Two for each position.
        let mut herd: Vec<_> = (0..100).map(|n| cluster.at(1, 101 + n / 2)).collect();
        let bells: Vec<_> = herd.iter_mut().map(waits).collect();
        for n in 1..=100 {
            cluster.arrives("of another topic, as far as they know");
            assert_eq!(cluster.hub.stats().wakes, 0, "after event {n}");
        }
        for n in 1..=25 {
            cluster.arrives("theirs");
            let rung = bells.iter().filter(|bell| bell.has_rung()).count();
            assert_eq!((rung, cluster.hub.stats().wakes), (2 * n, 2 * n as u64));
        }
        for (n, events) in herd.iter_mut().enumerate().take(50) {
            assert_eq!(events.resumed().await, Resumed::Complete, "{n}");
        }
        assert!(herd[50].resumed().now_or_never().is_none());
    }
}

#[tokio::test]
async fn one_that_waits_for_a_position_of_a_history_that_begins_meanwhile_is_woken_at_its_event() {
    for answer in ANSWERS {
        let cluster = Cluster::new();
        cluster.arrives("of the history that is over");
        *cluster.reached.lock().unwrap() = answer;
        let mut events = cluster.at(2, 9);
        waits(&mut events);
        cluster.node.restart(Origin { epoch: 2, through: 6 }, KnownTopics::nothing(6));
        let bell = waits(&mut events);
        for n in 7..=8 {
            cluster.arrives("of the new history");
            assert!(!bell.has_rung(), "at {n}");
        }
        cluster.arrives("nine");
        assert!(bell.has_rung());
        assert_eq!(events.resumed().await, Resumed::Complete);
    }
}

#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Bell {
    fn has_rung(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Polls until nothing comes, and returns what rings when there is something.
fn waits(events: &mut Subscription) -> Arc<Bell> {
    loop {
        let bell = Arc::<Bell>::default();
        let waker = Arc::clone(&bell).into();
        let polled = events.poll_next_unpin(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "{polled:?}");
        // The engine takes a turn to answer.
        if !bell.has_rung() {
            return bell;
        }
    }
}

#[tokio::test]
async fn one_that_waits_for_its_node_leaves_nothing_when_dropped() {
    let cluster = Cluster::new();
    *cluster.reached.lock().unwrap() = 9;
    let mut events = cluster.at(1, 9);
    while events.next().now_or_never().is_none() && cluster.node.waiting.is_empty() {}
    assert!(!cluster.node.waiting.is_empty());
    drop(events);
    assert!(cluster.node.waiting.is_empty());
}

#[tokio::test]
async fn the_last_one_that_waits_for_a_topic_leaves_nothing_when_dropped() {
    let cluster = Cluster::new();
    let [mut first, mut second] = [(); 2].map(|()| cluster.hub.subscribe("a").announce(false));
    waits(&mut first);
    waits(&mut second);
    drop(first);
    assert!(!cluster.node.waiting.is_empty());
    drop(second);
    assert!(cluster.node.waiting.is_empty());
}

#[tokio::test]
async fn a_new_history_is_told_to_everyone_as_a_gap_and_continues_from_its_beginning() {
    let cluster = Cluster::new();
    cluster.arrives("one");
    let mut waiting = cluster.at(1, 1);
    let mut catching_up = cluster.at(1, 5);
    *cluster.reached.lock().unwrap() = 5;
    for events in [&mut waiting, &mut catching_up] {
        while events.next().now_or_never().is_some() {}
        yield_now().await;
    }
    *cluster.reached.lock().unwrap() = 0;
    cluster.node.restart(Origin { epoch: 2, through: 7 }, KnownTopics::nothing(7));
    cluster.arrives("eight");
    for events in [&mut waiting, &mut catching_up] {
        let begin = EventId { epoch: 2, sequence: 7 };
        assert_eq!(gap(events.next().await), ("unknown".to_owned(), begin));
        assert_eq!(data(events.next().await), "eight");
    }
}

#[tokio::test]
async fn the_engine_tells_the_outcome_and_without_its_answer_it_is_unknown() {
    let mut cluster = Cluster::new();
    let id = EventId { epoch: 1, sequence: 1 };
    let first = cluster.hub.publish("a", Event::data("one"));
    let second = cluster.hub.publish("a", Event::data("two"));
    let (message, outcome) = cluster.published.recv().await.unwrap();
    assert_eq!(message.topics.iter().collect::<Vec<_>>(), ["a"]);
    outcome.send(Ok(id)).unwrap();
    drop(cluster.published.recv().await);
    assert_eq!(first.await, Ok(id));
    assert_eq!(second.await, Err(PublishError::Unknown));
}

#[tokio::test]
async fn a_new_history_that_begins_further_back_has_nothing_of_the_old_one() {
    let cluster = Cluster::new();
    for data in ["one", "two", "three"] {
        cluster.arrives(data);
    }
    let mut waiting = cluster.at(1, 3);
    waits(&mut waiting);
    let to_nobody = Message::event(Names::new(&"c").unwrap(), Event::empty());
    cluster.node.accept(to_nobody, Duration::ZERO);
    let to_b = KnownTopics { topics: vec![("b".into(), 1)], ..KnownTopics::nothing(0) };
    cluster.node.restart(Origin { epoch: 2, through: 1 }, to_b);
    let stats = cluster.hub.stats();
    assert_eq!((stats.events, stats.bytes, stats.topics), (0, 0, 1), "one is subscribed to");
    cluster.arrives("two, of the new history");
    let all = cluster.hub.subscribe(["a", "b"]).start(Start::Earliest).announce(false);
    assert_eq!(data({ all }.next().await), "two, of the new history");
    let resumed = async |topic| {
        let last = LastEventId::new(EventId { epoch: 2, sequence: 0 }.to_string());
        cluster.hub.subscribe(topic).resume(last).resumed().await
    };
    assert_eq!(resumed("a").await, Resumed::Complete);
    assert_eq!(resumed("b").await, Resumed::Gap, "its event was the first");
    drop(waiting);
    assert_eq!(cluster.hub.stats().topics, 1, "which has an event");
}
