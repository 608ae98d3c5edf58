//! The chunks that a server was given and has not dropped yet.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
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

pub(super) struct InFlight {
    tracked: Tracked,
    /// Kept alive by each chunk.
    alive: Option<Arc<oneshot::Sender<Infallible>>>,
    all_dropped: Option<oneshot::Receiver<Infallible>>,
}

struct Chunk<B> {
    bytes: B,
    _alive: Arc<oneshot::Sender<Infallible>>,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Chunk<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl InFlight {
    pub(super) fn new(tracked: Tracked) -> Self {
        Self { tracked, alive: None, all_dropped: None }
    }

    pub(super) fn tracked(&self) -> Tracked {
        self.tracked
    }

    /// The chunk, to be given to the server.
    pub(super) fn track<B>(&mut self, bytes: B) -> Bytes
    where
        B: Into<Bytes> + AsRef<[u8]> + Send + 'static,
    {
        let is_tracked = match self.tracked {
            Tracked::Nothing => false,
            Tracked::Large => bytes.as_ref().len() >= LARGE,
            Tracked::Everything => true,
        };
        if !is_tracked {
            return bytes.into();
        }
        let alive = self.alive.get_or_insert_with(|| {
            let (alive, all_dropped) = oneshot::channel();
            self.all_dropped = Some(all_dropped);
            Arc::new(alive)
        });
        Bytes::from_owner(Chunk { bytes, _alive: alive.clone() })
    }

    /// Whether a tracked chunk was given since all were known to be dropped.
    pub(super) fn has_any(&self) -> bool {
        self.all_dropped.is_some()
    }

    /// Ready when the server has dropped all tracked chunks.
    pub(super) fn poll_dropped(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.alive = None;
        if let Some(all_dropped) = &mut self.all_dropped {
            _ = ready!(Pin::new(all_dropped).poll(cx));
            self.all_dropped = None;
        }
        Poll::Ready(())
    }
}
