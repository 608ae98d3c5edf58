//! Runs random programs of publishing, subscribing, reading, leaving and coming back on a hub, and compares what clients
//! see with a reference that keeps all events and looks through them. A hub in a folder is closed and opened again in
//! between, which must change nothing.

#[cfg(feature = "file")]
mod folder;
mod reference;
mod run;
mod steps;

use proptest::prelude::*;

use steps::{STEP, Step};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_client_sees_what_the_reference_says(
        steps in proptest::collection::vec(any::<[u8; STEP]>().prop_map(Step::new), 0..200)
    ) {
        run::run(steps);
    }
}

#[cfg(feature = "file")]
proptest! {
    // Fewer, since each waits for a disk.
    #![proptest_config(ProptestConfig {
        cases: 32, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn every_client_of_a_folder_sees_the_same_whenever_it_is_closed_and_opened(
        steps in proptest::collection::vec(any::<[u8; STEP]>().prop_map(Step::new), 0..200)
    ) {
        folder::run(steps);
    }
}
