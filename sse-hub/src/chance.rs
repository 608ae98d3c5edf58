//! Numbers that nobody else has.

/// Returns a number that no other hub draws, on any machine; never 0.
///
/// It comes from the operating system. A generator in the process could start like another one, in a
/// clone of a virtual machine for example, and two histories would be taken for the same.
pub(crate) fn unique() -> u64 {
    getrandom::u64().expect("the operating system provides randomness").max(1)
}
