use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => {
                for await event in 5 { //~
                    yield event;
                }
            }
        }
    }
}

fn main() {}
