use std::time::Duration;

use rocket::local::blocking::Client;
use rocket::response::stream::{Event as Theirs, EventStream as TheirStream};
use rocket::{get, routes};
use sse_runtime::{Event, EventStream};

use crate::{header, our_headers, ours, sorted};

#[get("/theirs")]
fn theirs() -> TheirStream![] {
    TheirStream! {
        yield Theirs::data(" the");
        yield Theirs::data("a").id("b\0c");
        yield Theirs::comment("alone");
        yield Theirs::retry(Duration::from_secs(1 << 31));
    }
    .heartbeat(None)
}

#[get("/ours")]
fn our_stream() -> EventStream![] {
    EventStream! { yield Event::data("a"); }
}

#[test]
fn bytes_and_headers_differ_as_the_page_says() {
    let client = Client::tracked(rocket::build().mount("/", routes![theirs, our_stream])).unwrap();
    let theirs = client.get("/theirs").dispatch();
    let headers = |response: &rocket::local::blocking::LocalResponse<'_>| {
        let headers = response.headers().iter();
        sorted(headers.map(|it| header(&it.name().as_str().to_ascii_lowercase(), it.value())))
    };
    assert_eq!(headers(&theirs), [header("cache-control", "no-cache"), header("expires", "0")]);
    assert_eq!(
        theirs.into_string().unwrap(),
        "data: the\n\nid:b\0c\ndata:a\n\n:alone\n\nretry:2147483648000\n\n"
    );
    assert_eq!(headers(&client.get("/ours").dispatch()), our_headers());

    assert_eq!(ours(Event::data(" the")), "data:  the\n\n");
    assert_eq!(ours(Event::data("a").id("b\0c")), "id: b c\ndata: a\n\n");
    assert_eq!(ours(Event::comment("alone")), ": alone\n");
    assert_eq!(ours(Event::retry(Duration::from_secs(1 << 31))), "retry: 2147483647\n");
}
