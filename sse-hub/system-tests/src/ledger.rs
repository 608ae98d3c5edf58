//! A ledger of what is published to a hub, by which a client knows what it must receive: event `n` of the ledger has
//! the sequence `n`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sse_hub::{EventId, Hub};
use sse_runtime::{BoxEventStream, Event, EventStream, LastEventId};
use tests::reference::{Dispatched, Parser};
use tests::servers::numbered::data;
use tokio::time::sleep;

/// The topics. A set of them is a number, with a bit for each.
const TOPICS: [&str; 4] = ["a", "b", "c", "d"];

/// How long to pause after every ten events.
const PAUSE: Duration = Duration::from_millis(4);

/// How many sets there are, of which the first is empty.
pub const SETS: usize = 1 << TOPICS.len();

/// Returns a hub that keeps so little that a client which is away for a while misses something.
#[must_use]
pub fn hub() -> Hub {
    Hub::builder().replay(Duration::from_mins(1), 64 * 1024).build()
}

/// Returns the topics of an event: one, and for some events a second one.
fn topics_of(number: u64) -> usize {
    let second = if number.is_multiple_of(5) { 1 << (number / 5 % 4) } else { 0 };
    1 << (number % 4) | second
}

fn names(set: usize) -> Vec<&'static str> {
    (0..).zip(TOPICS).filter(|(bit, _)| set & (1 << bit) != 0).map(|(_, topic)| topic).collect()
}

pub(crate) fn stream(hub: &Hub, set: usize, last: Option<LastEventId>) -> BoxEventStream<'static> {
    EventStream::from(hub.subscribe(names(set)).resume(last)).boxed()
}

/// Does the same, and publishes the ledger for as long as anyone holds such a stream.
pub(crate) fn live(
    hub: &Hub,
    is_published: &Arc<Mutex<bool>>,
    set: usize,
    last: Option<LastEventId>,
) -> BoxEventStream<'static> {
    let stream = stream(hub, set, last);
    if !std::mem::replace(&mut *is_published.lock().expect("nobody panics"), true) {
        tokio::spawn(publish_to_whoever_is_there(hub.clone(), is_published.clone()));
    }
    stream
}

async fn publish_to_whoever_is_there(hub: Hub, is_published: Arc<Mutex<bool>>) {
    let mut number = hub.stats().appended;
    while is_anyone_there(&hub, &is_published) {
        for _ in 0..10 {
            number += 1;
            publish_one(&hub, number).await;
        }
        sleep(PAUSE).await;
    }
}

/// Returns whether to go on publishing. Called under the lock, so that a client that comes is either seen, or starts the
/// publishing itself.
fn is_anyone_there(hub: &Hub, is_published: &Mutex<bool>) -> bool {
    let mut is_published = is_published.lock().expect("nobody panics");
    *is_published = hub.stats().subscriptions > 0;
    *is_published
}

/// Publishes this many events, a few at a time.
pub async fn publish(hub: &Hub, events: u64) {
    for number in 1..=events {
        publish_one(hub, number).await;
        if number.is_multiple_of(10) {
            sleep(PAUSE).await;
        }
    }
}

async fn publish_one(hub: &Hub, number: u64) {
    let event = Event::data(data(index(number)));
    let id = hub.publish(names(topics_of(number)), event).await.expect("published");
    assert_eq!(sequence(&id.to_string()), Ok(number));
}

/// What a client of some topics has received, over all of its connections.
pub struct Follower {
    pub set: usize,
    /// The ID with which the client comes back.
    pub last: Option<String>,
    sequence: u64,
    pub events: usize,
    pub gaps: usize,
}

impl Follower {
    #[must_use]
    pub fn new(set: usize) -> Self {
        Self { set, last: None, sequence: 0, events: 0, gaps: 0 }
    }

    /// Returns whether the client has all of this many events.
    #[must_use]
    pub fn has_all(&self, events: u64) -> bool {
        self.last.is_some() && self.missing(events).is_none()
    }

    /// Takes an event that has arrived.
    ///
    /// # Errors
    ///
    /// If the event isn't the next one for this client, or is a gap where nothing is missing.
    pub fn take(&mut self, parser: &mut Parser) -> Result<(), String> {
        for event in parser.dispatched.drain(..) {
            self.take_event(&event)?;
        }
        if !parser.last_event_id.is_empty() && self.last.as_ref() != Some(&parser.last_event_id) {
            self.opens(parser.last_event_id.clone())?;
        }
        Ok(())
    }

    fn take_event(&mut self, event: &Dispatched) -> Result<(), String> {
        let at = sequence(&event.last_event_id)?;
        let missing = self.missing(at);
        let is_right = match &*event.event {
            "message" if self.last.is_none() => event.data == data(index(at)),
            "message" => missing == Some(at) && event.data == data(index(at)),
            "gap" => missing.is_some() && matches!(&*event.data, "evicted" | "overflow"),
            _ => false,
        };
        if !is_right {
            let (name, after) = (&event.event, self.sequence);
            return Err(format!("{name} {at} came after {after}, where {missing:?} is next"));
        }
        self.events += usize::from(event.event == "message");
        self.gaps += usize::from(event.event == "gap");
        self.sequence = at;
        self.last = Some(event.last_event_id.clone());
        Ok(())
    }

    /// The position at which a stream begins.
    fn opens(&mut self, id: String) -> Result<(), String> {
        let at = sequence(&id)?;
        if self.last.is_some()
            && let Some(missing) = self.missing(at)
        {
            return Err(format!("{missing} is passed over in silence, up to {at}"));
        }
        self.sequence = at;
        self.last = Some(id);
        Ok(())
    }

    /// Returns the next event of the client's topics, up to this one.
    fn missing(&self, end: u64) -> Option<u64> {
        (self.sequence + 1..=end).find(|&number| topics_of(number) & self.set != 0)
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).expect("few events")
}

fn sequence(id: &str) -> Result<u64, String> {
    let _: EventId = id.parse().map_err(|error| format!("{id}: {error}"))?;
    let (_, sequence) = id.split_once('.').ok_or("no sequence")?;
    sequence.parse().map_err(|_| format!("{id} has no sequence"))
}
