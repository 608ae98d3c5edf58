//! The task that removes runs whose time is over, for as long as any have ended.

use std::sync::{Arc, Weak};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use super::registry::Registry;

/// Starts the task. Outside of a runtime nothing is removed until another run ends or
/// `stats` is called, but a run whose time is over isn't found.
pub(super) fn start(registry: &Arc<Registry>) {
    let sweep = Sweep(Arc::downgrade(registry));
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(sweep.run());
    }
}

struct Sweep(Weak<Registry>);

impl Sweep {
    async fn run(mut self) {
        while let Some(next) = self.sweep() {
            sleep_until(next).await;
        }
        self.0 = Weak::new();
    }

    fn sweep(&self) -> Option<Instant> {
        let registry = self.0.upgrade()?;
        registry.sweep();
        registry.next_sweep()
    }
}

impl Drop for Sweep {
    /// Has the next end of a run start another task, if the runtime ends before this one does.
    fn drop(&mut self) {
        if let Some(registry) = self.0.upgrade() {
            registry.is_not_swept();
        }
    }
}
