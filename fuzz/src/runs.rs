//! Arbitrary programs for runs and their readers, compared with the reference of the hub's own tests.

#[path = "../../sse-hub/tests/runs_model/reference.rs"]
mod reference;
#[path = "../../sse-hub/tests/runs_model/run.rs"]
mod run;
#[path = "../../sse-hub/tests/runs_model/steps.rs"]
mod steps;

use std::sync::atomic::{AtomicUsize, Ordering};

use steps::{STEP, Step};

/// The longest program. The runner's own choice would be 16 steps, which is too short to fill a log.
const MOST: usize = 256;

#[test]
fn every_reader_sees_what_the_reference_says() {
    let taken = AtomicUsize::new(0);
    let programs = bolero::produce::<Vec<[u8; STEP]>>().with().len(0..=MOST);
    bolero::check!().with_generator(programs).for_each(|steps| {
        run::run(steps.iter().map(|&step| Step::new(step)));
        taken.fetch_add(steps.len(), Ordering::Relaxed);
    });
    println!("{} steps", taken.into_inner());
}
