//! What the tests below need of the package `tests`, without its servers and clients, so that
//! it builds fast.
#![allow(clippy::missing_panics_doc, reason = "what fails here fails a test")]

#[path = "../../src/arbitrary.rs"]
pub mod arbitrary;
#[path = "../../src/bytes.rs"]
pub mod bytes;
#[path = "../../src/deadline.rs"]
pub mod deadline;
#[path = "../../src/reading.rs"]
pub mod reading;
#[path = "../../src/reference.rs"]
pub mod reference;
#[path = "../../src/unvectored.rs"]
pub mod unvectored;
