//! Runs random programs of starting, producing, joining, reading, leaving, coming back, stopping and ending, and compares
//! what readers see with a reference: for each run, a `Vec` and an end. A folder is opened again in between, after a
//! shutdown or a crash.

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
    fn every_reader_sees_what_the_reference_says(
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
    fn every_reader_of_a_folder_sees_the_same_whenever_it_is_opened_again(
        steps in proptest::collection::vec(any::<[u8; STEP]>().prop_map(Step::new), 0..200)
    ) {
        folder::run(steps);
    }
}
