//! Makes a type `()` if nothing else decides it.
//!
//! A block that loops forever, or whose last expression is `todo!()` or a call of a function that
//! never returns, has an end of no particular type. And nothing in a block without `?` and
//! `return` says whether its future gives `()` or a `Result`. The compiler would ask for type
//! annotations.
//!
//! Method calls settle such types: of the methods that a call may mean, an inherent one comes
//! before one of a trait. Each type here has an inherent method for `()`, which the compiler takes
//! if that is what the type is *or may still become*, so that it becomes `()`. For all other types
//! it takes the method of the trait. Neither does anything.

use std::future::Future;

/// The last value of a block.
#[derive(Debug)]
pub struct TailValue<'a, T>(pub &'a T);

impl TailValue<'_, ()> {
    /// Settles the type.
    #[inline]
    pub fn unit_if_undecided(self) {}
}

/// A block, whose output is to be settled.
#[derive(Debug)]
pub struct Block<'a, B>(pub &'a B);

impl<B: Future<Output = ()>> Block<'_, B> {
    /// Settles the type of the output.
    #[inline]
    pub fn unit_if_undecided(self) {}
}

/// Has the method for all other types, which are decided.
pub trait Fallback: Sized {
    /// Settles nothing.
    #[inline]
    fn unit_if_undecided(self) {}
}

impl<T> Fallback for TailValue<'_, T> {}

impl<B> Fallback for Block<'_, B> {}

/// Stands for a value in a branch that never runs. Beside it, an expression that never has a value, such as
/// `loop {}`, has a type that can be settled.
pub fn unreachable_value<T>() -> T {
    unreachable!("a branch of a block that never runs")
}
