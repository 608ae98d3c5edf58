//! Arbitrary programs for a hub and its clients, compared with the reference of the hub's own tests.

#[path = "../../sse-hub/tests/model/reference.rs"]
mod reference;
#[path = "../../sse-hub/tests/model/run.rs"]
mod run;
#[path = "../../sse-hub/tests/model/steps.rs"]
mod steps;

use crate::programs::check;

#[test]
fn every_client_sees_what_the_reference_says() {
    check!(steps::Step::new, run::run);
}
