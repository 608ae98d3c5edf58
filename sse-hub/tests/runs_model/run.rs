//! Runs a program on runs, and compares everything that readers see with the reference.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use futures::Stream as _;
use sse_hub::{Join, Run, RunError, RunState, Runs, RunsBuilder, StartError};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::yield_now;
use tokio::time::{Instant, advance};

use super::reference::{End, Reader, Reference, Seen, Started};
use super::steps::{From, How, IDS, KEEP, MAX_BYTES, MAX_RUNS, Step};

/// What a run is told to do next; `None` makes it panic.
type Command = Option<Event>;

pub(super) struct World {
    pub(super) runs: Runs,
    pub(super) reference: Reference,
    /// As many as in the reference.
    pub(super) handles: Vec<Run>,
    commands: Vec<Option<UnboundedSender<Command>>>,
    /// The IDs of the events that any reader has seen, by run.
    ids: Vec<Vec<(u64, String)>>,
    pub(super) pairs: Vec<Pair>,
    /// Events that were recorded since these runs were opened.
    pub(super) events: u64,
    pub(super) begin: Instant,
    /// How long to wait for threads that don't follow tokio's paused clock.
    patience: Duration,
}

/// A reader and its reference.
pub(super) struct Pair {
    pub(super) reader: Reader,
    join: Join,
    /// The last event it has seen, and the ID that it would come back with.
    pub(super) last: Option<(u64, String)>,
    bell: Arc<Bell>,
}

#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// On tokio's paused clock.
pub(crate) fn run(steps: impl IntoIterator<Item = Step>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let mut world = World::new(builder().build(), Duration::ZERO);
        for step in steps {
            world.take(step).await;
        }
        world.close().await;
    });
}

pub(super) fn builder() -> RunsBuilder {
    Runs::builder().keep(KEEP).max_bytes(MAX_BYTES).max_runs(MAX_RUNS)
}

impl World {
    pub(super) fn new(runs: Runs, patience: Duration) -> Self {
        Self {
            runs,
            reference: Reference::default(),
            handles: Vec::new(),
            commands: Vec::new(),
            ids: Vec::new(),
            pairs: Vec::new(),
            events: 0,
            begin: Instant::now(),
            patience,
        }
    }

    pub(super) async fn take(&mut self, step: Step) {
        match step {
            Step::Start { id } => self.start(id).await,
            Step::Yield { id, bytes } => self.produce(id, bytes).await,
            Step::End { id, how } => self.end(id, how).await,
            Step::Join { id, from } => self.join(id, from).await,
            Step::Read { reader, events } if !self.pairs.is_empty() => {
                for _ in 0..events {
                    let reader = reader % self.pairs.len();
                    self.read(reader);
                }
            }
            Step::Leave { reader, comes_back } if !self.pairs.is_empty() => {
                let left = self.pairs.swap_remove(reader % self.pairs.len());
                if comes_back {
                    let run = left.reader.run;
                    self.enter(run, left.last.map(|(_, id)| id));
                }
            }
            Step::Read { .. } | Step::Leave { .. } => {}
            Step::Wait(time) => {
                advance(time).await;
                settle().await;
            }
        }
    }

    async fn start(&mut self, id: usize) {
        let (sender, stream) = obedient();
        match (self.runs.start(IDS[id], stream).await, self.reference.start(id)) {
            (Ok(run), Started::New) => {
                self.handles.push(run);
                self.commands.push(Some(sender));
                self.ids.push(Vec::new());
            }
            (Err(StartError::Running(run)), Started::Running(at)) => self.is_same(&run, at),
            (Err(StartError::TooManyRuns), Started::TooMany) => {}
            (outcome, expected) => panic!("{outcome:?} in place of {expected:?}"),
        }
    }

    /// Checks that two handles are of the same run: one recognizes an ID of the other.
    fn is_same(&self, run: &Run, at: usize) {
        assert_eq!((run.id(), run.state()), (self.handles[at].id(), RunState::Running));
        let Some((event, id)) = self.ids[at].first() else { return };
        let (reader, join) = (Reference::join(at, Some(*event)), run.join());
        let join = join.resume(LastEventId::new(id));
        let mut pair = Pair { reader, join, last: None, bell: Arc::default() };
        assert_eq!(pair.poll().0, self.reference.read(&mut pair.reader));
    }

    async fn produce(&mut self, id: usize, bytes: usize) {
        let Some(run) = self.reference.running(id) else { return };
        let waiting = self.waiting(run);
        // Each event counts as 300 bytes, and twice its length on the wire.
        self.reference.append(run, 300 + 2 * (bytes + "data: \n\n".len()));
        self.events += 1;
        self.command(run, Some(Event::data("x".repeat(bytes)))).await;
        self.until(|world| world.runs.stats().events == world.events).await;
        self.are_woken(&waiting).await;
    }

    async fn end(&mut self, id: usize, how: How) {
        let Some(run) = self.reference.running(id) else {
            assert_eq!(self.runs.stop(IDS[id]).await, Ok(false));
            return;
        };
        let waiting = self.waiting(run);
        match how {
            How::Finishes => self.commands[run] = None,
            How::Fails => self.command(run, Some(Event::data("x").id("mine"))).await,
            How::Panics => self.command(run, None).await,
            How::IsStopped => {
                assert_eq!(self.runs.stop(IDS[id]).await, Ok(true));
                // If its stream goes on producing, that has no effect.
                self.command(run, Some(Event::data("too late"))).await;
            }
        }
        settle().await;
        let end = match how {
            How::Finishes => End::Finished,
            How::Fails | How::Panics => End::Failed,
            How::IsStopped => End::Stopped,
        };
        self.reference.end(run, end, self.begin.elapsed());
        assert_eq!(as_end(self.handles[run].ended().await), end);
        self.are_woken(&waiting).await;
    }

    async fn command(&mut self, run: usize, command: Command) {
        if let Some(sender) = &self.commands[run] {
            // A stream that has been dropped can't be told anything.
            let _ = sender.send(command);
        }
        settle().await;
    }

    /// Waits until this is true, where another thread has to do something. If it never is, a later check fails.
    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let begin = std::time::Instant::now();
        while !is_so(self) && begin.elapsed() < self.patience {
            yield_now().await;
        }
    }

    /// Returns which readers have read everything of this run, and wait for more.
    fn waiting(&mut self, run: usize) -> Vec<bool> {
        (0..self.pairs.len()).map(|pair| self.waits(pair) && self.is_of(pair, run)).collect()
    }

    fn waits(&mut self, pair: usize) -> bool {
        let mut reader = self.pairs[pair].reader.clone();
        let has_news = self.reference.read(&mut reader) != Seen::Nothing;
        self.pairs[pair].bell.0.store(false, Ordering::Relaxed);
        !has_news && self.read(pair) == Seen::Nothing
    }

    fn is_of(&self, pair: usize, run: usize) -> bool {
        self.pairs[pair].reader.run == run
    }

    async fn are_woken(&self, waiting: &[bool]) {
        let is_woken = |pair: &Pair| pair.bell.0.load(Ordering::Relaxed);
        self.until(|world| world.pairs.iter().map(is_woken).eq(waiting.iter().copied())).await;
        for (pair, &waited) in self.pairs.iter().zip(waiting) {
            assert_eq!(pair.bell.0.load(Ordering::Relaxed), waited, "{:?}", pair.reader);
        }
    }

    async fn join(&mut self, id: usize, from: From) {
        let expected = self.reference.find(id, self.begin.elapsed());
        let found = self.runs.find(IDS[id]).await.expect("a good ID");
        assert_eq!(found.is_some(), expected.is_some());
        let Some(run) = expected else { return };
        let last = match from {
            From::Beginning => None,
            From::After(event) => self.id_of(run, event),
            From::OtherRun => {
                let other = (0..self.ids.len()).find(|&other| other != run);
                other.and_then(|other| self.ids[other].first().map(|(_, id)| id.clone()))
            }
            From::Nonsense => Some("nonsense".to_owned()),
        };
        self.enter(run, last);
    }

    fn id_of(&self, run: usize, event: u64) -> Option<String> {
        self.ids[run].iter().find(|(at, _)| *at == event).map(|(_, id)| id.clone())
    }

    pub(super) fn enter(&mut self, run: usize, last: Option<String>) {
        let known = |id: &String| {
            self.ids[run].iter().find(|(_, known)| known == id).map(|(event, _)| *event)
        };
        let reader = match &last {
            None => Reference::join(run, Some(0)),
            Some(id) => Reference::join(run, known(id)),
        };
        let last = last.and_then(LastEventId::new);
        let remains = self.handles[run].remains(last.as_ref());
        assert_eq!(remains, self.reference.remains(&reader), "{reader:?}");
        let join = self.handles[run].join().resume(last);
        self.pairs.push(Pair { reader, join, last: None, bell: Arc::default() });
    }

    /// Has a reader read the next item.
    fn read(&mut self, pair: usize) -> Seen {
        let pair = &mut self.pairs[pair];
        let (seen, id) = pair.poll();
        assert_eq!(seen, self.reference.read(&mut pair.reader), "{:?}", pair.reader);
        if let (Seen::Event(at) | Seen::Gap(at, _) | Seen::Failure(at, _), Some(id)) = (seen, id) {
            pair.last = Some((at, id.clone()));
            let ids = &mut self.ids[pair.reader.run];
            if !ids.contains(&(at, id.clone())) {
                ids.push((at, id));
            }
        }
        seen
    }

    /// Has everyone read what is left.
    pub(super) fn read_all(&mut self) {
        for pair in 0..self.pairs.len() {
            while !matches!(self.read(pair), Seen::Nothing | Seen::Over) {}
        }
    }

    /// Has everyone read what is left and leave, and checks that the runs keep nothing of them.
    async fn close(mut self) {
        self.read_all();
        self.commands.clear();
        settle().await;
        self.pairs.clear();
        self.handles.clear();
        advance(KEEP * 2).await;
        let stats = self.runs.stats();
        let left = (stats.running, stats.kept, stats.readers, stats.bytes);
        assert_eq!(left, (0, 0, 0, 0), "nothing is left");
    }
}

impl Pair {
    fn poll(&mut self) -> (Seen, Option<String>) {
        self.bell.0.store(false, Ordering::Relaxed);
        let waker = Arc::clone(&self.bell).into();
        match Pin::new(&mut self.join).poll_next(&mut Context::from_waker(&waker)) {
            Poll::Pending => (Seen::Nothing, None),
            Poll::Ready(None) => (Seen::Over, None),
            Poll::Ready(Some(item)) => seen(item),
        }
    }
}

fn seen(item: Result<Event, RunError>) -> (Seen, Option<String>) {
    let reasons = ["evicted", "unknown", "overflow"];
    let event = match item {
        Ok(event) => event,
        Err(error) => {
            let id = error.id();
            return (Seen::Failure(sequence(id), as_end(error.state())), Some(id.to_owned()));
        }
    };
    let fields = event.fields();
    let id = fields.id.expect("each has an ID");
    let at = sequence(id);
    let seen = match (fields.event, fields.data) {
        (Some("gap"), Some(data)) => {
            let why = reasons.into_iter().find(|why| *why == data);
            Seen::Gap(at, why.expect("a reason"))
        }
        _ => Seen::Event(at),
    };
    (seen, Some(id.to_owned()))
}

fn as_end(state: RunState) -> End {
    match state {
        RunState::Finished => End::Finished,
        RunState::Failed => End::Failed,
        RunState::Stopped => End::Stopped,
        RunState::Lost => End::Lost,
        _ => panic!("{state:?} is not an end of these programs"),
    }
}

fn sequence(id: &str) -> u64 {
    id.split_once('.').and_then(|(_, sequence)| sequence.parse().ok()).expect("a sequence")
}

/// Returns a stream that does what it is told.
fn obedient() -> (UnboundedSender<Command>, EventStream![]) {
    let (sender, mut commands) = unbounded_channel();
    let stream = EventStream! {
        while let Some(command) = commands.recv().await {
            match command {
                Some(event) => yield event,
                // Without a message for each.
                None => std::panic::resume_unwind(Box::new("told to")),
            }
        }
    };
    (sender, stream)
}

/// Lets the tasks of runs go on until they wait.
async fn settle() {
    for _ in 0..4 {
        yield_now().await;
    }
}
