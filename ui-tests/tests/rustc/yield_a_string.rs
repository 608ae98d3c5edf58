use sse_runtime::EventStream;

fn events(name: &str) -> EventStream![] {
    EventStream! {
        yield format!("hello {name}"); //~
    }
}

fn main() {}
