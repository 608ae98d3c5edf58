use sse_runtime::EventStream;

#[rocket::get("/")]
fn events() -> EventStream![String] {
    EventStream::from(futures::stream::iter(["a".to_owned()])) //~
}

fn main() {}
