use std::sync::{Arc, Mutex};
use sse_runtime::{Event, EventStream};

fn events(log: Arc<Mutex<Vec<&'static str>>>) -> EventStream![Event + Send] { //~
    EventStream! {
        for line in log.lock().unwrap().iter() {
            yield Event::data(*line);
        }
    }
}

fn main() {}
