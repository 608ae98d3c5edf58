//! Requests to the thread that writes.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use sse_runtime::Event;
use tokio::sync::oneshot;

use crate::runs::engine::Unavailable;
use crate::runs::record::Record;
use crate::runs::registry::Refusal;
use crate::runs::seal::Seal;
use crate::runs::state::End;

pub(super) type Answering<T> = oneshot::Sender<T>;

pub(super) type Begun = Result<Result<Reserved, Refusal>, Unavailable>;

pub(super) enum Request {
    Begin {
        id: Arc<str>,
        seal: Seal,
        answer: Answering<Begun>,
        /// Where the run is withdrawn, if nobody waits for it any more.
        requests: Sender<Request>,
    },
    /// Events, of which the first has this sequence. They come back if they can't be written.
    Append {
        record: Arc<Record>,
        first: u64,
        events: Vec<Event>,
        answer: Answering<Result<bool, Vec<Event>>>,
    },
    /// Without an `answer`, the run ends even if that can't be written.
    End { record: Arc<Record>, end: End, answer: Option<Answering<Result<bool, Unavailable>>> },
    /// Nobody is going to produce this run.
    Withdraw(Arc<Record>),
}

impl Request {
    /// Returns the ID of the run that it is about.
    pub(super) fn id(&self) -> &Arc<str> {
        match self {
            Self::Begin { id, .. } => id,
            Self::Append { record, .. } | Self::End { record, .. } | Self::Withdraw(record) => {
                &record.id
            }
        }
    }

    /// Answers whoever waits to begin a run, and may have gone.
    pub(super) fn answer_begin(self, begun: Begun) {
        if let Self::Begin { answer, .. } = self {
            let _ = answer.send(begun);
        }
    }

    /// Answers whoever waits for events to be appended or for an end.
    pub(super) fn answer(self, done: Result<bool, Unavailable>) {
        match (self, done) {
            (Self::Append { answer, .. }, Ok(done)) => _ = answer.send(Ok(done)),
            (Self::Append { answer, events, .. }, Err(_)) => _ = answer.send(Err(events)),
            (Self::End { answer: Some(answer), .. }, done) => _ = answer.send(done),
            _ => {}
        }
    }
}

/// A run that has begun. Dropping this withdraws the run, unless it is kept.
pub(super) struct Reserved {
    record: Option<Arc<Record>>,
    requests: Sender<Request>,
}

impl Reserved {
    pub(super) fn new(record: Arc<Record>, requests: Sender<Request>) -> Self {
        Self { record: Some(record), requests }
    }

    pub(super) fn keep(mut self) -> Arc<Record> {
        self.record.take().expect("it is taken once")
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(record) = self.record.take() {
            let _ = self.requests.send(Request::Withdraw(record));
        }
    }
}
