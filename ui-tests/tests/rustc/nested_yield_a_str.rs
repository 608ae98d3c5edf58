use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {
        let inner = EventStream! {
            yield "a"; //~
        };
        for await event in inner {
            yield event;
        }
    }
}

fn main() {}
