//! The tests that need neither a socket nor a program, all in one, for `cargo xtask mutants`: each
//! change to the source builds and runs this.

#[path = "../../tests/auto_traits.rs"]
mod auto_traits;
#[path = "../../tests/block.rs"]
mod block;
#[path = "../../tests/coalesce.rs"]
mod coalesce;
#[path = "../../tests/consumers.rs"]
mod consumers;
#[path = "../../tests/event.rs"]
mod event;
#[path = "../../tests/fairness.rs"]
mod fairness;
#[path = "../../tests/isolation.rs"]
mod isolation;
#[path = "../../tests/reader.rs"]
mod reader;
#[path = "../../tests/shared.rs"]
mod shared;
#[path = "../../tests/texts.rs"]
mod texts;
#[path = "../../tests/timing.rs"]
mod timing;
#[path = "../../tests/typed.rs"]
mod typed;
#[path = "../../tests/wire.rs"]
mod wire;

#[rustfmt::skip]
#[path = "../../../ui-tests/tests/pass"]
#[allow(
    clippy::pedantic,
    clippy::all,
    dead_code,
    unreachable_pub,
    reason = "odd shapes, each made to be a program of its own"
)]
mod programs {
    mod attributes;
    mod attributes_of_others;
    mod attributes_on_yield;
    mod blocks_from_fragments;
    mod blocks_that_never_end;
    mod cfg;
    mod clashing_constants;
    mod clashing_names;
    mod control_flow;
    mod derive;
    mod end_in_a_user_macro_that_fails;
    mod ends;
    mod ends_that_types_decide;
    mod failing;
    mod for_await;
    mod for_await_over_a_braced_expression_in_a_macro;
    mod formatted;
    mod generics_in_macros;
    mod in_macros;
    mod macro_rules_in_the_block;
    mod nested;
    mod operators_in_macros;
    mod plain_for;
    mod renamed_generators;
    mod rocket_handlers;
    mod scopes;
    mod shadowed_std;
    mod signatures;
    mod types_from_fragments;
    mod wrapped;
}
