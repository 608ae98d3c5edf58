//! Arbitrary programs for runs and their readers, compared with the reference of the hub's own tests.

#[path = "../../sse-hub/tests/runs_model/folder.rs"]
mod folder;
#[path = "../../sse-hub/tests/runs_model/reference.rs"]
mod reference;
#[path = "../../sse-hub/tests/runs_model/run.rs"]
mod run;
#[path = "../../sse-hub/tests/runs_model/steps.rs"]
mod steps;

use crate::programs::check;

#[test]
fn every_reader_sees_what_the_reference_says() {
    check!(steps::Step::new, run::run);
}

#[test]
fn every_reader_of_a_folder_sees_the_same_whenever_it_is_opened_again() {
    check!(steps::Step::new, folder::run);
}
