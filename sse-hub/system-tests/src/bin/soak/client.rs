//! A client that notices when an event is lost, duplicated, altered or out of order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use system_tests::ledger::{Follower, SETS};
use tests::reader::Reader;
use tests::servers::Framework;
use tests::servers::numbered::{PAGE, data};
use tokio::time::{Instant, sleep_until, timeout};

use crate::Result;
use crate::figures::Counts;
use crate::plan::{Pace, Visit};

/// Shorter than the default heartbeat, which would also flush what was held back.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server that all clients connect to.
pub(crate) struct Setting {
    pub(crate) framework: Framework,
    pub(crate) server: SocketAddr,
    pub(crate) counts: Counts,
}

pub(crate) struct Client {
    plan: Rng,
    number: usize,
    setting: Arc<Setting>,
    /// When the client leaves, for good or for a while.
    end: Instant,
    /// The last event that it has received as a whole.
    last: usize,
    /// Every fourth client subscribes to a hub; `last` then counts the events that it has received.
    follower: Option<Follower>,
}

impl Client {
    pub(crate) fn new(seed: u64, number: usize, setting: Arc<Setting>) -> Self {
        let mut seeds = Rng::with_seed(seed);
        let plan = Rng::with_seed(seeds.u64(..) ^ number as u64);
        let follower = number.is_multiple_of(4).then(|| Follower::new(number % (SETS - 1) + 1));
        Self { plan, number, setting, end: Instant::now(), last: 0, follower }
    }

    pub(crate) async fn visits(mut self, end: Instant) -> Result<Self> {
        self.end = end;
        while self.has_time() {
            self.one_visit().await?;
        }
        Ok(self)
    }

    fn has_time(&self) -> bool {
        Instant::now() < self.end
    }

    async fn rest(&self, time: Duration) {
        sleep_until(self.end.min(Instant::now() + time)).await;
    }

    async fn one_visit(&mut self) -> Result {
        let visit = Visit::next(&mut self.plan);
        if visit.afresh {
            self.begin_afresh();
        }
        self.setting.counts.came();
        let result = self.visit(&visit).await;
        self.setting.counts.left();
        result.map_err(|error| {
            let framework = self.setting.framework;
            let Self { number, last, .. } = self;
            format!("{framework}, client {number}, after event {last}: {error}; {visit:?}")
        })?;
        self.rest(visit.away).await;
        Ok(())
    }

    fn begin_afresh(&mut self) {
        self.last = 0;
        if let Some(follower) = &mut self.follower {
            *follower = Follower::new(follower.set);
        }
    }

    async fn visit(&mut self, visit: &Visit) -> Result {
        let mut reader = self.come(visit).await.map_err(|error| error.to_string())?;
        let goal = self.last + visit.events;
        let goal = match &self.follower {
            Some(_) => goal,
            None => goal.min((self.last / PAGE + 1) * PAGE),
        };
        let mut stall = match visit.pace {
            Pace::Stalls(events, time) => Some((self.last + events, time)),
            _ => None,
        };
        while self.last < goal && self.has_time() {
            self.read(&mut reader, visit.pace).await?;
            if let Some((_, time)) = stall.take_if(|(event, _)| self.last >= *event) {
                self.rest(time).await;
            }
        }
        if visit.rudely {
            reader.reset();
        }
        Ok(())
    }

    async fn come(&self, visit: &Visit) -> std::io::Result<Reader> {
        let (path, last) = match &self.follower {
            Some(follower) => (format!("/ledger{}", follower.set), follower.last.clone()),
            None => ("/numbered".to_owned(), (self.last > 0).then(|| self.last.to_string())),
        };
        match last {
            Some(last) if visit.by_query => {
                let path = format!("{path}?lastEventId={last}");
                Reader::resume(self.setting.server, &path, None).await
            }
            last => Reader::resume(self.setting.server, &path, last.as_deref()).await,
        }
    }

    async fn read(&mut self, reader: &mut Reader, pace: Pace) -> Result {
        let limit = if let Pace::Slow = pace { 1024 } else { 4096 };
        let read = timeout(PATIENCE, reader.read(limit)).await;
        let more = read.map_err(|_| "nothing more came")?.map_err(|error| error.to_string())?;
        if !more {
            return Err(format!("the stream ended, status {:?}", reader.status()));
        }
        self.setting.counts.received(reader.body.len(), reader.parser.dispatched.len());
        reader.body.clear();
        if let Some(follower) = &mut self.follower {
            follower.take(&mut reader.parser)?;
            self.last = follower.events;
        }
        for event in reader.parser.dispatched.drain(..) {
            self.last += 1;
            if event.last_event_id != self.last.to_string() || event.data != data(self.last) {
                return Err(format!("there came {event:?}"));
            }
        }
        if let Pace::Slow = pace {
            self.rest(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}
