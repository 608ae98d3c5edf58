//! What a plain `for` may iterate over.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use sse_runtime::{Event, EventStream};

/// A stream that is an iterator too.
struct Both(std::ops::Range<u32>);

impl Iterator for Both {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0.next()
    }
}

impl Stream for Both {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(self.0.next())
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
}

fn of_any_type<T: IntoIterator<Item = u32>>(items: T) -> EventStream![] {
    EventStream! {
        for item in items {
            yield Event::data(item);
        }
    }
}

fn events(numbers: Vec<u32>, both: Both) -> EventStream![] {
    EventStream! {
        let mut inferred = Vec::new();
        let borrowed = &mut inferred;
        for number in numbers {
            borrowed.push(number.into());
        }
        for number in inferred {
            let number: u64 = number;
            yield Event::data(number);
        }
        for number in both {
            yield Event::data(number);
        }
        // A temporary lives as long as the loop.
        for word in words(&String::from("a b")) {
            yield Event::data(word);
        }
        let mut rest = [1, 2, 3].into_iter();
        let first_two = &mut rest;
        'outer: for _ in first_two {
            for _ in std::iter::repeat(0_u8) {
                continue 'outer;
            }
        }
        let doubled = async {
            let mut sum = 0;
            for number in rest {
                sum += number * 2;
            }
            sum
        };
        yield Event::data(doubled.await);
    }
}

fn main() {
    let _ = of_any_type([1]);
    let _ = events(vec![1], Both(0..2));
}
