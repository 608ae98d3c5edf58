use sse_runtime::Event;

fn main() {
    drop(EventStream! { yield Event::data("a"); }); //~
}
