//! The jobs that are running. Nothing is kept of those that have finished.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocket::http::Status;
use rocket::tokio::spawn;
use rocket::tokio::sync::watch;
use rocket::tokio::time::{Duration, sleep};

pub(crate) const DONE: u8 = 100;

/// How far a job is, in percent.
pub(crate) type Progress = watch::Receiver<u8>;

#[derive(Default)]
pub(crate) struct Jobs(Mutex<Table>);

#[derive(Default)]
struct Table {
    last_id: u64,
    running: HashMap<u64, Progress>,
}

/// Removes the job when its work ends, even by a panic, after which its clients would otherwise
/// reconnect forever.
struct Running {
    id: u64,
    jobs: Arc<Jobs>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.jobs.lock().running.remove(&self.id);
    }
}

impl Jobs {
    pub(crate) fn start(self: &Arc<Self>) -> u64 {
        let (sender, progress) = watch::channel(0);
        let id = self.add(progress);
        let running = Running { id, jobs: Arc::clone(self) };
        spawn(async move {
            work(sender).await;
            drop(running);
        });
        id
    }

    /// 204 if the job has ended, 404 if there never was one.
    pub(crate) fn find(&self, id: u64) -> Result<Progress, Status> {
        let table = self.lock();
        match table.running.get(&id) {
            Some(progress) => Ok(progress.clone()),
            None if (1..=table.last_id).contains(&id) => Err(Status::NoContent),
            None => Err(Status::NotFound),
        }
    }

    fn add(&self, progress: Progress) -> u64 {
        let mut table = self.lock();
        table.last_id += 1;
        let id = table.last_id;
        table.running.insert(id, progress);
        id
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pretends to work for five to ten seconds.
async fn work(progress: watch::Sender<u8>) {
    for percent in 1..=DONE {
        sleep(Duration::from_millis(fastrand::u64(50..=100))).await;
        progress.send_replace(percent);
    }
}
