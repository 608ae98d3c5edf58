//! Blocks that compile in edition 2024 compile in this one, with no warning, and so does one that
//! is possible in this one alone. To build them is the test. The drop-in promise is tested too, in this
//! edition, which most of Rocket's users have.
#![forbid(unsafe_code)]
#![allow(clippy::pedantic, clippy::all, reason = "odd shapes are what is tested here")]

extern crate renamed as sse_runtime;

#[path = "../../../ui-tests/tests/pass/blocks_that_never_end.rs"]
mod blocks_that_never_end;
#[path = "../../../ui-tests/tests/pass/cfg.rs"]
mod cfg;
#[path = "../../../ui-tests/tests/pass/clashing_constants.rs"]
mod clashing_constants;
// It has the style of another edition.
#[rustfmt::skip]
#[path = "../../tests/drop_in.rs"]
mod drop_in;
#[path = "../../../ui-tests/tests/pass/ends.rs"]
mod ends;
#[path = "../../../ui-tests/tests/pass/ends_that_types_decide.rs"]
mod ends_that_types_decide;
#[path = "../../../ui-tests/tests/pass/generics_in_macros.rs"]
mod generics_in_macros;
#[path = "../../../ui-tests/tests/pass/plain_for.rs"]
mod plain_for;
#[path = "../../../ui-tests/tests/pass/renamed_generators.rs"]
mod renamed_generators;
#[path = "../../../ui-tests/tests/pass/types_from_fragments.rs"]
mod types_from_fragments;

mod a_variable_named_gen {
    use futures::StreamExt as _;
    use sse_runtime::{Event, EventStream};

    fn events(number: Result<u8, String>) -> EventStream![Result<Event, String>] {
        EventStream! {
            let gen = number;
            rocket::tokio::select! {
                () = async {} => {
                    let gen = gen? > 3;
                    let either = [gen || true, gen | false];
                    if gen || either[0] {
                        yield Event::data(gen);
                    }
                }
            }
        }
    }

    #[test]
    fn is_a_name_like_any_other() {
        let items: Vec<_> = futures::executor::block_on(events(Ok(4)).collect());
        assert_eq!(items, [Ok(Event::data("true"))]);
    }
}
