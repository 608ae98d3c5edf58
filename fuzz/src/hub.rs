//! Any program of a hub and its clients, against the reference of the hub's own tests.

#[path = "../../sse-hub/tests/model/reference.rs"]
mod reference;
#[path = "../../sse-hub/tests/model/run.rs"]
mod run;
#[path = "../../sse-hub/tests/model/steps.rs"]
mod steps;

use std::sync::atomic::{AtomicUsize, Ordering};

use steps::{STEP, Step};

#[test]
fn every_client_sees_what_the_reference_says() {
    let taken = AtomicUsize::new(0);
    bolero::check!().with_max_len(STEP * 256).for_each(|bytes: &[u8]| {
        let (steps, _) = bytes.as_chunks::<STEP>();
        run::run(steps.iter().map(|&step| Step::new(step)));
        taken.fetch_add(steps.len(), Ordering::Relaxed);
    });
    println!("{} steps", taken.into_inner());
}
