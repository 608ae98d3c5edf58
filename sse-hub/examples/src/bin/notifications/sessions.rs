//! Who is signed in, and until when.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Duration, Instant};

#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) expires: Instant,
}

/// In memory, for this example. Sessions that several processes share are in a database.
#[derive(Clone, Default)]
pub(crate) struct Sessions(Arc<Mutex<HashMap<String, Session>>>);

impl Sessions {
    pub(crate) fn begin(&self, user: String, lasts: Duration) -> Session {
        // Must not be guessable. A real one comes from a library for sessions.
        let id = format!("{:032x}", fastrand::u128(..));
        let session = Session { id: id.clone(), user, expires: Instant::now() + lasts };
        self.lock().insert(id, session.clone());
        session
    }

    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        let session = self.lock().get(id).cloned()?;
        (session.expires > Instant::now()).then_some(session)
    }

    pub(crate) fn end(&self, id: &str) -> Option<Session> {
        self.lock().remove(id)
    }

    pub(crate) fn end_all_of(&self, user: &str) {
        self.lock().retain(|_, session| session.user != user);
    }

    /// Who is signed in, each once.
    pub(crate) fn users(&self) -> Vec<String> {
        let now = Instant::now();
        let sessions = self.lock();
        let valid = sessions.values().filter(|session| session.expires > now);
        let users: BTreeSet<_> = valid.map(|session| session.user.clone()).collect();
        users.into_iter().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
