use sse_runtime::EventStream;

type Events = EventStream![]; //~

fn main() {}
