//! The items of an event stream.

use std::error::Error as StdError;

use crate::error::Error;
use crate::event::Event;

/// What an event stream may consist of: [`Event`], or `Result<Event, E>` for a stream
/// that can fail. Implemented for these two alone.
#[diagnostic::on_unimplemented(
    message = "an event stream consists of `Event` or `Result<Event, E>`, not of `{Self}`",
    label = "not an event",
    note = "`E` is any error that converts into `Box<dyn Error + Send + Sync>`"
)]
pub trait StreamItem: sealed::Sealed {
    #[doc(hidden)]
    const CAN_FAIL: bool;

    #[doc(hidden)]
    fn into_result(self) -> Result<Event, Error>;

    #[doc(hidden)]
    fn map_event(self, change: impl FnOnce(Event) -> Event) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Event {}
    impl<E> Sealed for Result<super::Event, E> {}
}

#[diagnostic::do_not_recommend]
impl StreamItem for Event {
    const CAN_FAIL: bool = false;

    fn into_result(self) -> Result<Event, Error> {
        Ok(self)
    }

    fn map_event(self, change: impl FnOnce(Event) -> Event) -> Self {
        change(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn StdError + Send + Sync>>> StreamItem for Result<Event, E> {
    const CAN_FAIL: bool = true;

    fn into_result(self) -> Result<Event, Error> {
        self.map_err(Error::new)
    }

    fn map_event(self, change: impl FnOnce(Event) -> Event) -> Self {
        self.map(change)
    }
}
