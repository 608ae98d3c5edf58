use sse_runtime::EventStream;

fn main() {
    drop(EventStream![]); //~
}
