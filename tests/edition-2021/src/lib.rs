//! The tests of the drop-in promise, in the edition that most of Rocket's users have.
