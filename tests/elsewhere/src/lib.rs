//! A crate of another edition that hands the runtime on under other names: the macro finds it.

pub mod hidden {
    pub use renamed as runtime;
    pub use renamed::{Event as Message, EventStream as Sse};
}
