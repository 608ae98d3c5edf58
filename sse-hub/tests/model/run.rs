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
use super::steps::{From, MAX_BYTES, Step, WINDOW};

/// Both of one client.
pub(crate) struct Pair {
    client: Client,
    pub(crate) events: Subscription,
    /// The ID that it would come back with.
    last: Option<String>,
    bell: Arc<Bell>,
}

pub(crate) struct World {
    pub(crate) hub: Hub,
    /// For IDs that this one can't know.
    elsewhere: Hub,
    reference: Reference,
    pub(crate) pairs: Vec<Pair>,
    /// How long another thread may take to wake a client.
    patience: Duration,
    begin: Instant,
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

/// What these programs are about.
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
        }
    }

    pub(crate) async fn take(&mut self, step: Step) {
        match step {
            Step::Publish { topics, bytes } => self.publish(topics, bytes).await,
            Step::Subscribe { topics, from, latest, ends } => {
                self.subscribe(topics, from, (latest, ends));
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
            Step::Read { .. } | Step::Leave { .. } => {}
            Step::Wait(time) => advance(time).await,
        }
    }

    async fn publish(&mut self, topics: Vec<&'static str>, bytes: usize) {
        let event = Event::data("x".repeat(bytes));
        let data = 2 * bytes;
        let waiting: Vec<_> =
            self.pairs.iter_mut().map(|pair| pair.waits(&self.reference)).collect();
        let id = self.hub.publish(topics.as_slice(), event).await.expect("published");
        self.reference.publish(topics, data, self.begin.elapsed());
        assert_eq!(id, self.hub.position());
        assert_eq!(sequence(&id.to_string()), self.reference.last());
        // As often as it takes whoever wakes.
        for _ in 0..4 {
            yield_now().await;
        }
        for (pair, waited) in self.pairs.iter().zip(waiting) {
            let has_news = self.reference.read(&mut pair.client.clone()) != Seen::Nothing;
            let sleeps = waited && has_news && !pair.bell.rings_within(self.patience);
            assert!(!sleeps, "{:?} sleeps", pair.client);
        }
    }

    fn subscribe(&mut self, topics: Vec<&'static str>, from: From, (latest, ends): (bool, bool)) {
        let mut events = self.hub.subscribe(topics.as_slice());
        // To subscribe takes out what is too old.
        self.reference.evict(self.begin.elapsed());
        if latest {
            events = events.latest();
        }
        if ends {
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
        let client = self.reference.enter(topics, from, (latest, ends));
        let mut pair = Pair { client, events, last: None, bell: Arc::default() };
        pair.read(&self.reference);
        self.pairs.push(pair);
    }

    /// With the last ID that it saw.
    pub(crate) fn come_back(&mut self, left: Pair) {
        let Client { topics, latest, ends, .. } = left.client;
        let at = left.last.as_deref().map_or(0, sequence);
        let ago = From::Ago(self.reference.last() - at);
        self.subscribe(topics, ago, (latest, ends));
    }

    fn id(&self, sequence: u64) -> String {
        let here = self.hub.position().to_string();
        format!("{}.{sequence}", here.split_once('.').expect("an epoch and a sequence").0)
    }

    /// Everyone reads what is left.
    pub(crate) fn read_all(&mut self) {
        for pair in &mut self.pairs {
            while !matches!(pair.read(&self.reference), Seen::Nothing | Seen::End) {}
        }
    }

    /// Everyone reads what is left, and leaves: then nothing is left of them.
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

    /// Whether it has read all, and so waits.
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
        let id = fields.id.expect("each has an ID");
        self.last = Some(id.to_owned());
        let reasons = ["evicted", "unknown", "overflow"];
        match (fields.event, fields.data) {
            (None, None) => Seen::Opening(sequence(id)),
            (None, Some(_)) => Seen::Event(sequence(id)),
            (Some("gap"), Some(data)) => {
                let why = reasons.into_iter().find(|why| *why == data);
                Seen::Gap(sequence(id), why.expect("a reason"))
            }
            _ => panic!("{event:?} was never sent"),
        }
    }
}

fn sequence(id: &str) -> u64 {
    id.split_once('.').and_then(|(_, sequence)| sequence.parse().ok()).expect("a sequence")
}

/// What events and topics take in a log, by what the log says.
fn costs() -> Costs {
    let publish = |all: &[&[&str]]| {
        let hub = Hub::new();
        for &topics in all {
            drop(hub.publish(topics, Event::data("")));
        }
        hub.stats().bytes
    };
    let first = publish(&[&["a"]]);
    let second = publish(&[&["a"], &["a"]]) - first;
    let both = publish(&[&["a"], &["b"], &["a", "b"]]) - publish(&[&["a"], &["b"]]);
    let place = both - second;
    Costs { event: second - place, place, topic: first - second }
}
