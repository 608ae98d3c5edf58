//! What an `EventStream!` block becomes, and what its parts must be.
//!
//! This module is public, though hidden, because the compiler names its traits when a block is
//! not what it must be. Not to be used otherwise: it may change in any release.

mod generator;
mod outcome;
pub(crate) mod sink;

pub use generator::{ForAwait, Generator};
pub use outcome::{BlockOf, FallibleEnd, StreamOf};

/// What the macro's expansion is made of.
pub(crate) mod expansion {
    pub use super::generator::{next, send};
    pub use super::outcome::{Done, ItemUnless, never};
}
