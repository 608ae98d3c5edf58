//! Runs a program on a hub, and compares all that its clients see with the reference.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use futures::Stream as _;
use sse_hub::{Builder, Hub, Overflow, Start, Subscription};
use sse_runtime::{Event, LastEventId};
use tokio::task::yield_now;
use tokio::time::{Instant, advance};

use super::reference::{Client, Costs, Reference, Seen};
use super::steps::{From, Latest, MAX_BYTES, Settings, Step, TOPICS, WINDOW};

/// A client, and what the reference says of it.
pub(crate) struct Pair {
    client: Client,
    pub(crate) events: Subscription,
    /// The ID with which the client would come back.
    last: Option<String>,
    bell: Arc<Bell>,
}

pub(crate) struct World {
    pub(crate) hub: Hub,
    /// Makes IDs that the hub doesn't know.
    elsewhere: Hub,
    reference: Reference,
    pub(crate) pairs: Vec<Pair>,
    /// How long another thread may take to wake a client.
    patience: Duration,
    begin: Instant,
    /// Whether what isn't an event takes a sequence, too.
    pub(crate) counts_all: bool,
}

#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Bell {
    fn rings_within(&self, patience: Duration) -> bool {
        let begin = std::time::Instant::now();
        while !self.0.load(Ordering::Relaxed) {
            if begin.elapsed() >= patience {
                return false;
            }
            std::thread::yield_now();
        }
        true
    }
}

/// On tokio's paused clock.
pub(crate) fn run(steps: impl IntoIterator<Item = Step>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let mut world = World::new(hub().build(), Duration::ZERO);
        for step in steps {
            world.take(step).await;
        }
        world.close().await;
    });
}

/// Returns the settings of the hubs in these programs.
pub(crate) fn hub() -> Builder {
    Hub::builder().replay(WINDOW, MAX_BYTES)
}

impl World {
    pub(crate) fn new(hub: Hub, patience: Duration) -> Self {
        Self {
            hub,
            patience,
            elsewhere: Hub::new(),
            reference: Reference::new(costs()),
            pairs: Vec::new(),
            begin: Instant::now(),
            counts_all: false,
        }
    }

    pub(crate) async fn take(&mut self, step: Step) {
        match step {
            Step::Publish { topics, bytes } => self.publish(vec![topics], bytes).await,
            Step::PublishAll { topics, events } => {
                let group = (0..events).map(|at| {
                    let more = TOPICS[at % TOPICS.len()];
                    topics.iter().copied().filter(|topic| *topic != more).chain([more]).collect()
                });
                self.publish(group.collect(), 8).await;
            }
            Step::Retain { topic, bytes } => self.retain(topic, bytes).await,
            Step::Forget { topic } => {
                self.hub.forget(topic).await.expect("forgotten");
                let now = self.begin.elapsed();
                self.reference.forget(topic, self.counts_all.then_some(now));
            }
            Step::Subscribe { topics, from, settings } => self.subscribe(topics, from, settings),
            Step::End { tag } => self.end(tag).await,
            Step::Add { client, topics } if !self.pairs.is_empty() => {
                let client = client % self.pairs.len();
                let Pair { client, events, .. } = &mut self.pairs[client];
                events.add(topics.as_slice()).expect("they are valid");
                if !client.is_over {
                    self.reference.add(client, &topics);
                }
            }
            Step::Remove { client, topics } if !self.pairs.is_empty() => {
                let client = client % self.pairs.len();
                let Pair { client, events, .. } = &mut self.pairs[client];
                events.remove(topics.as_slice());
                self.reference.remove(client, &topics);
            }
            Step::Read { client, events } if !self.pairs.is_empty() => {
                let client = client % self.pairs.len();
                let pair = &mut self.pairs[client];
                for _ in 0..events {
                    pair.read(&self.reference);
                }
            }
            Step::Leave { client, comes_back } if !self.pairs.is_empty() => {
                let left = self.pairs.swap_remove(client % self.pairs.len());
                if comes_back {
                    self.come_back(left);
                }
            }
            Step::Read { .. } | Step::Leave { .. } | Step::Add { .. } | Step::Remove { .. } => {}
            Step::Wait(time) => advance(time).await,
        }
        for topic in TOPICS {
            let is_there = |pair: &&Pair| !pair.client.is_over && pair.client.has(topic);
            let expected = self.pairs.iter().filter(is_there).count();
            assert_eq!(self.hub.subscribers(topic), expected, "of {topic}");
        }
    }

    /// Publishes an event to each of these topics, all as one.
    async fn publish(&mut self, group: Vec<Vec<&'static str>>, bytes: usize) {
        let data = 2 * bytes;
        let waiting = self.waiting();
        let event = |topics: &Vec<_>| (topics.clone(), Event::data("x".repeat(bytes)));
        let publish = match &group[..] {
            [topics] => self.hub.publish(topics.as_slice(), event(topics).1),
            group => self.hub.publish_all(group.iter().map(event)),
        };
        let id = publish.await.expect("published");
        for topics in group {
            self.reference.publish(topics, data, self.begin.elapsed());
        }
        assert_eq!(id, self.hub.position());
        assert_eq!(sequence(&id.to_string()), self.reference.last());
        self.check_woken(waiting).await;
    }

    async fn retain(&mut self, topic: &'static str, bytes: usize) {
        let number = self.reference.last() + 1;
        let data = format!("{number:08}{}", "x".repeat(bytes));
        let (waiting, bytes) = (self.waiting(), 2 * data.len());
        self.hub.retain(topic, Event::data(data)).await.expect("published");
        self.reference.retain(topic, bytes, self.begin.elapsed());
        self.check_woken(waiting).await;
    }

    async fn end(&mut self, tag: &'static str) {
        let waiting = self.waiting();
        self.hub.end(tag, Event::empty().event("bye")).await.expect("recorded");
        for pair in &mut self.pairs {
            if pair.client.settings.tag == tag {
                pair.client.end();
            }
        }
        self.check_woken(waiting).await;
    }

    /// Returns which clients have read everything, and so wait.
    fn waiting(&mut self) -> Vec<bool> {
        self.pairs.iter_mut().map(|pair| pair.waits(&self.reference)).collect()
    }

    async fn check_woken(&self, waiting: Vec<bool>) {
        // Polls until every waker has been called.
        for _ in 0..4 {
            yield_now().await;
        }
        for (pair, waited) in self.pairs.iter().zip(waiting) {
            let has_news = self.reference.read(&mut pair.client.clone()) != Seen::Nothing;
            let sleeps = waited && has_news && !pair.bell.rings_within(self.patience);
            assert!(!sleeps, "{:?} sleeps", pair.client);
        }
    }

    fn subscribe(&mut self, topics: Vec<&'static str>, from: From, settings: Settings) {
        let mut events = self.hub.subscribe(topics.as_slice()).tag(settings.tag);
        // Subscribing evicts what is too old.
        self.reference.evict(self.begin.elapsed());
        events = match settings.latest {
            Latest::All => events.latest(),
            Latest::Of(topic) => events.latest_of(topic),
            Latest::None => events,
        };
        if settings.ends {
            events = events.overflow(Overflow::End);
        }
        events = match from {
            From::Now => events,
            From::Earliest => events.start(Start::Earliest),
            From::Last(count) => events.start(Start::Last(count)),
            From::Ago(events_ago) => {
                let at = self.reference.last().saturating_sub(events_ago);
                events.resume(LastEventId::new(self.id(at)))
            }
            From::Ahead(by) => events.resume(LastEventId::new(self.id(self.reference.last() + by))),
            From::Elsewhere => {
                events.resume(LastEventId::new(self.elsewhere.position().to_string()))
            }
        };
        let client = self.reference.enter(topics, from, settings);
        let mut pair = Pair { client, events, last: None, bell: Arc::default() };
        pair.read(&self.reference);
        self.pairs.push(pair);
    }

    /// Has a client come back with the last ID that it saw.
    pub(crate) fn come_back(&mut self, left: Pair) {
        let Client { topics, settings, .. } = left.client;
        if topics.is_empty() {
            return;
        }
        let at = left.last.as_deref().map_or(0, sequence);
        let ago = From::Ago(self.reference.last() - at);
        self.subscribe(topics, ago, settings);
    }

    fn id(&self, sequence: u64) -> String {
        let here = self.hub.position().to_string();
        format!("{}.{sequence}", here.split_once('.').expect("an epoch and a sequence").0)
    }

    /// Has everyone read what is left.
    pub(crate) fn read_all(&mut self) {
        for pair in &mut self.pairs {
            while !matches!(pair.read(&self.reference), Seen::Nothing | Seen::End) {}
        }
    }

    /// Has everyone read what is left and leave, and checks that the hub keeps nothing of them.
    async fn close(mut self) {
        self.read_all();
        self.pairs.clear();
        advance(WINDOW * 2).await;
        let stats = self.hub.stats();
        let left = (stats.subscriptions, stats.topics, stats.events, stats.bytes);
        assert_eq!(left, (0, 0, 0, 0), "nothing is left");
    }
}

impl Pair {
    fn read(&mut self, reference: &Reference) -> Seen {
        let seen = self.poll();
        assert_eq!(seen, reference.read(&mut self.client), "{:?}", self.client);
        seen
    }

    /// Returns whether the client has read everything, and so waits.
    fn waits(&mut self, reference: &Reference) -> bool {
        let has_news = reference.read(&mut self.client.clone()) != Seen::Nothing;
        !has_news && self.read(reference) == Seen::Nothing
    }

    fn poll(&mut self) -> Seen {
        self.bell.0.store(false, Ordering::Relaxed);
        let waker = Arc::clone(&self.bell).into();
        match Pin::new(&mut self.events).poll_next(&mut Context::from_waker(&waker)) {
            Poll::Pending => Seen::Nothing,
            Poll::Ready(None) => Seen::End,
            Poll::Ready(Some(event)) => self.seen(&event),
        }
    }

    fn seen(&mut self, event: &Event) -> Seen {
        let fields = event.fields();
        if let Some(id) = fields.id {
            self.last = Some(id.to_owned());
        }
        let id = fields.id.map(sequence);
        let reasons = ["evicted", "unknown", "overflow"];
        match (fields.event, fields.data, id) {
            (None, None, Some(id)) => Seen::Opening(id),
            (None, Some(data), id) if data.starts_with(|first: char| first.is_ascii_digit()) => {
                Seen::Value(data[..8].parse().expect("a number"), id)
            }
            (None, Some(_), Some(id)) => Seen::Event(id),
            (Some("gap"), Some(data), id) => {
                let why = reasons.into_iter().find(|why| *why == data);
                Seen::Gap(id, why.expect("a reason"))
            }
            (Some("bye"), _, None) => Seen::Bye,
            _ => panic!("{event:?} was never sent"),
        }
    }
}

fn sequence(id: &str) -> u64 {
    id.split_once('.').and_then(|(_, sequence)| sequence.parse().ok()).expect("a sequence")
}

/// Measures what events and topics take in a log, by its statistics.
fn costs() -> Costs {
    let take = |all: &[&[&str]], event: Event| {
        let hub = Hub::new();
        for &topics in all {
            hub.publish(topics, event.clone()).detach();
        }
        hub.stats().bytes
    };
    let publish = |all| take(all, Event::data(""));
    let first = publish(&[&["a"]]);
    let second = publish(&[&["a"], &["a"]]) - first;
    let both = publish(&[&["a"], &["b"], &["a", "b"]]) - publish(&[&["a"], &["b"]]);
    let place = both - second;
    let (event, topic) = (second - place, first - second);
    Costs { event, nothing: take(&[&["a"]], Event::empty()) - place - topic, place, topic }
}
