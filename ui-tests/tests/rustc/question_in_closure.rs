use sse_runtime::{Event, EventStream};

fn events(texts: Vec<&'static str>) -> EventStream![Result<Event, std::num::ParseIntError>] { //~
    EventStream! {
        texts.into_iter().for_each(|text| {
            println!("{}", text.parse::<u32>()?); //~
        });
        yield Event::data("a");
    }
}

fn main() {}
