use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => yield "hello", //~
        }
    }
}

fn main() {}
