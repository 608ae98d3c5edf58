//! Any programs of starting, producing, joining, reading, leaving, coming back, stopping and ending,
//! compared with a reference: for each run, a `Vec` and an end.

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
