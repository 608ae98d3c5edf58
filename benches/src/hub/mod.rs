//! One event for many clients: a hub beside what people use instead.

mod contenders;
mod floor;
mod in_process;
mod page;
mod results;
mod start;
mod workload;

pub use contenders::{CONTENDERS, Contender, SOCKETS};
pub use floor::serve as serve_floor;
pub use in_process::{measure as measure_in_process, run as run_in_process};
pub use page::update as update_page;
pub use results::{Figure, Results};
pub use start::Peers;
pub use workload::{Options, measure};
