//! Any programs of publishing, subscribing, reading, leaving, coming back and forgetting, compared
//! with a reference that keeps all events and looks through them.

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
