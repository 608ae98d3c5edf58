//! `POST /story`: a story, a token at a time, as a language model would send it.

use rocket::form::{Form, FromForm};
use rocket::tokio::time::{Duration, sleep};
use rocket::{State, post};
use sse_runtime::{Event, EventStream};

use crate::markov::{Chain, ends_sentence};

/// A story may end with the sentence that comes this close to its length.
const CLOSE_ENOUGH: usize = 6;

#[derive(FromForm)]
pub(crate) struct Order {
    words: usize,
}

#[post("/story", data = "<order>")]
pub(crate) fn story(order: Form<Order>, chain: &State<Chain>) -> EventStream![] {
    let words = order.into_inner().words.clamp(1, 1000);
    EventStream!({
        for (count, word) in (1..).zip(chain.words()) {
            yield Event::data(if count == 1 { word.to_owned() } else { format!(" {word}") });
            if count + CLOSE_ENOUGH >= words && ends_sentence(word) {
                break;
            }
            sleep(Duration::from_millis(fastrand::u64(25..=40))).await;
        }
        yield Event::empty().event("end");
    })
}
