//! Events whose data is JSON.

use serde::Serialize;

use super::Event;

impl Event {
    /// Makes an event whose data is `value` as JSON. It is a single line, so every text in it
    /// arrives unchanged.
    ///
    /// # Panics
    ///
    /// If `T`'s `Serialize` fails, or if a map in it has keys that are not strings. Use
    /// [`Event::try_json`] for values with which that can happen.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// #[derive(serde::Serialize)]
    /// struct Progress { done: u32, of: u32 }
    ///
    /// let event = Event::json(&Progress { done: 3, of: 10 }).event("progress");
    /// assert_eq!(event, Event::data(r#"{"done":3,"of":10}"#).event("progress"));
    /// ```
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        match Self::try_json(value) {
            Ok(event) => event,
            Err(error) => panic!("Event::json: the value can't be serialized: {error}"),
        }
    }

    /// Makes an event whose data is `value` as JSON.
    ///
    /// # Errors
    ///
    /// If `T`'s `Serialize` fails, or if a map in it has keys that are not strings.
    ///
    /// ```
    /// # use sse_runtime::Event;
    /// use std::collections::HashMap;
    ///
    /// let odd = HashMap::from([((1, 2), "a pair isn't a JSON key")]);
    /// assert!(Event::try_json(&odd).is_err());
    /// ```
    pub fn try_json<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self::data)
    }
}
