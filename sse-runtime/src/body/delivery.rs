//! Whether a server is done with what it was given.
//!
//! Servers drop what they have not written yet when a body fails, and some clients drop what
//! they have not looked at yet when a connection does. So a failure waits for what came before.

use std::convert::Infallible;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

/// How long a failure waits for a client to read what came before, or for a server that keeps
/// its chunks.
const PATIENCE: Duration = Duration::from_secs(5);

/// By how much what was written is ahead of the failure: enough for a server to write what it
/// has copied, and for a client to read it.
const HEAD_START: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(crate) enum Delivery {
    /// Chunks may be kept, or there is no failure to come.
    #[default]
    Unknown,
    /// Chunks are dropped when they are written: when the last one is, if there was any.
    Last(Option<oneshot::Receiver<Infallible>>),
}

/// A chunk, and the news that it was dropped.
struct Chunk<B> {
    bytes: B,
    _alive: oneshot::Sender<Infallible>,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Chunk<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Delivery {
    /// The chunk, to be given to the server.
    pub(crate) fn track<B>(&mut self, bytes: B) -> Bytes
    where
        B: Into<Bytes> + AsRef<[u8]> + Send + 'static,
    {
        let Self::Last(last) = self else { return bytes.into() };
        let (alive, dropped) = oneshot::channel();
        *last = Some(dropped);
        Bytes::from_owner(Chunk { bytes, _alive: alive })
    }

    /// Resolves when a failure cuts nothing off, as far as one can know.
    pub(crate) async fn done(self) {
        match self {
            Self::Unknown => one_turn().await,
            Self::Last(last) => {
                if let Some(dropped) = last {
                    _ = timeout(PATIENCE, dropped).await;
                }
                sleep(HEAD_START).await;
            }
        }
    }
}

/// Gives the server a turn.
async fn one_turn() {
    let mut turns = 0..1;
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        turns.next().map_or(Poll::Ready(()), |_| Poll::Pending)
    })
    .await;
}
