//! The chunks that a server was given and has not dropped yet.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::sync::oneshot;

/// Which chunks are tracked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tracked {
    /// The server may keep its chunks.
    Nothing,
    /// Those that hold much memory.
    Large,
    Everything,
}

/// A chunk of fewer bytes is not worth to be tracked for its memory.
const LARGE: usize = 2 * 1024;

/// Dropped with the last of the chunks.
type Alive = oneshot::Sender<Infallible>;

pub(super) struct InFlight {
    tracked: Tracked,
    /// Kept alive by each chunk, and until they are waited for.
    alive: Option<Arc<Alive>>,
    waited_for: Weak<Alive>,
    all_dropped: Option<oneshot::Receiver<Infallible>>,
    /// How many are or were kept alive by it.
    count: usize,
}

struct Chunk<B> {
    bytes: B,
    _alive: Arc<Alive>,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Chunk<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl InFlight {
    pub(super) fn new(tracked: Tracked) -> Self {
        Self { tracked, alive: None, waited_for: Weak::new(), all_dropped: None, count: 0 }
    }

    pub(super) fn tracked(&self) -> Tracked {
        self.tracked
    }

    /// The chunk, to be given to the server. One that marks a place in the stream is tracked
    /// even if it is small.
    pub(super) fn track<B>(&mut self, bytes: B, is_mark: bool) -> Bytes
    where
        B: Into<Bytes> + AsRef<[u8]> + Send + 'static,
    {
        let is_tracked = match self.tracked {
            Tracked::Nothing => false,
            Tracked::Large => is_mark || bytes.as_ref().len() >= LARGE,
            Tracked::Everything => true,
        };
        if !is_tracked {
            return bytes.into();
        }
        let alive = self.alive();
        self.count += 1;
        Bytes::from_owner(Chunk { bytes, _alive: alive })
    }

    fn alive(&mut self) -> Arc<Alive> {
        let alive = self.alive.take().or_else(|| self.waited_for.upgrade()).unwrap_or_else(|| {
            let (alive, all_dropped) = oneshot::channel();
            self.all_dropped = Some(all_dropped);
            self.count = 0;
            Arc::new(alive)
        });
        self.alive.insert(alive).clone()
    }

    /// Whether a tracked chunk was given since all were known to be dropped.
    pub(super) fn has_any(&self) -> bool {
        self.all_dropped.is_some()
    }

    /// Ready when the server has dropped all tracked chunks.
    pub(super) fn poll_dropped(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(alive) = self.alive.take() {
            self.waited_for = Arc::downgrade(&alive);
        }
        if let Some(all_dropped) = &mut self.all_dropped {
            _ = ready!(Pin::new(all_dropped).poll(cx));
            self.all_dropped = None;
        }
        Poll::Ready(())
    }

    /// Whether some of those that are waited for were dropped.
    pub(super) fn has_dropped_some(&self) -> bool {
        self.waited_for.strong_count() < self.count
    }
}
