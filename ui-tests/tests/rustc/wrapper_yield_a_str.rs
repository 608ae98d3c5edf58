use sse_runtime::EventStream;

macro_rules! sse {
    ($($tokens:tt)*) => { EventStream! { $($tokens)* } };
}

fn events() -> EventStream![] {
    sse! {
        yield "a"; //~
    }
}

fn main() {}
