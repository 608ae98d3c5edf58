//! Unique numbers.

/// Returns a number that no other hub draws, on any machine; never 0.
///
/// It comes from the operating system. A generator in the process could be in the same state as another one, as in a
/// clone of a virtual machine, and two histories would be taken for one.
///
/// # Panics
///
/// If the operating system has no source of randomness.
pub(crate) fn unique() -> u64 {
    getrandom::u64().expect("the operating system provides randomness").max(1)
}
