//! The expansion triggers no lint, not even one that is allowed by default.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    absolute_paths_not_starting_with_crate,
    closure_returning_async_block,
    deprecated_safe_2024,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    future_incompatible,
    if_let_rescope,
    impl_trait_redundant_captures,
    keyword_idents,
    let_underscore,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    nonstandard_style,
    redundant_imports,
    redundant_lifetimes,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    single_use_lifetimes,
    tail_expr_drop_order,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_code,
    unreachable_pub,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    clippy::all,
    clippy::cargo,
    clippy::nursery,
    clippy::pedantic
)]

use futures::Stream;
use sse_runtime::{Event, EventStream};
use std::num::ParseIntError;
use std::sync::Mutex;

/// Borrows from a lock.
///
/// # Panics
///
/// Later, if the lock is poisoned.
pub fn locked(lines: &Mutex<Vec<String>>) -> EventStream![] {
    EventStream! {
        loop {
            yield Event::data(lines.lock().unwrap().concat());
            if lines.lock().is_ok_and(|lines| lines.is_empty()) {
                break;
            }
        }
    }
}

/// Can fail.
pub fn failing(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        let n: u32 = text.parse()?;
        if n == 3 {
            return;
        }
        yield Event::data(n.to_string());
        match n {
            4 => yield Event::empty(),
            5 => return Ok(()),
            _ => {}
        }
    }
}

/// Awaits streams.
pub fn awaiting(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        'lines: for await line in lines {
            tokio::select! {
                () = async {} => yield Event::data(line),
                () = async {} => {
                    if line.is_empty() {
                        break 'lines;
                    }
                }
            }
        }
    }
}

/// Ends with a value.
pub fn ending(ok: bool) -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        if ok { Ok(()) } else { Err("not ok".to_owned()) }
    }
}

/// Never ends.
pub fn endless(text: &str) -> EventStream![Event + '_] {
    EventStream! {
        loop {
            yield Event::data(text.to_owned());
        }
    }
}

fn main() {
    drop((
        locked(&Mutex::new(Vec::new())),
        failing("5"),
        awaiting(futures::stream::empty()),
        ending(true),
        endless("a"),
    ));
}
