//! What an `EventStream!` block becomes, and the traits that its parts must implement.
//!
//! This module is public, though hidden, because the compiler names these traits in its messages about a
//! block. Nothing else may use it: it may change in any release.

mod for_await;
mod generator;
mod outcome;
pub(crate) mod sink;
mod undecided;

pub use for_await::ForAwait;
pub use generator::{BlockOutput, Generator};
pub use outcome::{BlockEnd, CannotFail, Outcome};

/// What the macro's expansion uses.
pub mod expansion {
    pub use super::for_await::next;
    pub use super::generator::{either_stream, send};
    pub use super::undecided::{Block, Fallback, TailValue, unreachable_value};

    /// The item of a stream whose declared type is mistaken. The macro's error stands in place of the
    /// parameter.
    pub type MistakenItem<const ERROR: bool> = crate::event::Event;
}
