//! Types of events, by `#[derive(SseEvent)]`.

use std::error::Error as _;

use serde::{Deserialize, Serialize};
use sse_runtime::{Event, EventStr, Received, SseEvent};
use tests::bytes::body;
use tests::reading::Reading;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Price {
    cents: u64,
}

#[derive(Clone, Debug, PartialEq, SseEvent)]
enum Update {
    Price(Price),
    #[sse(name = "halt")]
    TradingHalted(String),
    MarketClosed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, SseEvent)]
struct NewUser {
    name: String,
}

#[derive(Debug, PartialEq, SseEvent)]
struct Ping;

fn received(stream: &str) -> Received {
    Reading::of([stream.as_bytes()]).received.remove(0)
}

#[test]
fn each_kind_is_sent_by_its_name_with_its_content_as_json() {
    let rows: [(Event, &str); 5] = [
        (Update::Price(Price { cents: 5 }).into(), "event: price\ndata: {\"cents\":5}\n\n"),
        (Update::TradingHalted("a\nb".to_owned()).into(), "event: halt\ndata: \"a\\nb\"\n\n"),
        (Update::MarketClosed.into(), "event: market-closed\ndata: \n\n"),
        (
            NewUser { name: "Ada".to_owned() }.into(),
            "event: new-user\ndata: {\"name\":\"Ada\"}\n\n",
        ),
        (Ping.into(), "event: ping\ndata: \n\n"),
    ];
    for (event, wire) in rows {
        assert_eq!(String::from_utf8(body([event])).unwrap(), wire);
    }
}

#[test]
fn what_was_sent_is_what_is_read() {
    let updates = [
        Update::Price(Price { cents: 5 }),
        Update::TradingHalted("a\r\nb".to_owned()),
        Update::MarketClosed,
    ];
    let stream = body(updates.clone().map(Event::from));
    let read = Reading::of([&*stream]).received.into_iter().map(|it| Update::try_from(it).unwrap());
    assert!(read.eq(updates));
    let user = NewUser { name: "Ada".to_owned() };
    let stream = body([user.clone().into()]);
    assert_eq!(NewUser::try_from(Reading::of([&*stream]).received.remove(0)).unwrap(), user);
    assert_eq!(Ping::try_from(received("event: ping\ndata: whatever\n\n")).unwrap(), Ping);
}

#[test]
fn an_event_of_another_name_is_told_apart_and_given_back() {
    let other = received("event: other\nid: 7\ndata: {}\n\n");
    let error = Update::try_from(other.clone()).unwrap_err();
    let message =
        "an event named `other` was received, expected `price` or `halt` or `market-closed`";
    assert_eq!(error.to_string(), message);
    assert!(error.is_unknown() && error.source().is_none());
    assert_eq!(error.into_received(), other);
    assert!(NewUser::try_from(other).unwrap_err().is_unknown());
}

#[test]
fn data_that_is_something_else_is_explained() {
    let error = Update::try_from(received("event: price\ndata: {\"euros\":5}\n\n")).unwrap_err();
    assert!(!error.is_unknown());
    let reason = error.source().expect("a reason of serde's").to_string();
    assert!(reason.starts_with("missing field `cents`"), "{reason}");
    assert_eq!(error.to_string(), "the data of the event `price` can't be read");
    assert_eq!(error.into_received().event, "price");
}

#[derive(SseEvent)]
enum Generic<'a, T: Clone, const N: usize> {
    Borrowed(&'a str),
    Content(T),
    Many([T; 2]),
    Count(std::marker::PhantomData<[(); N]>),
}

#[test]
fn types_may_have_parameters() {
    let events: [Generic<'_, u8, 3>; 3] =
        [Generic::Borrowed("a"), Generic::Content(1), Generic::Many([1, 2])];
    let data = events.map(|event| Event::from(event).fields().data.map(str::to_owned).unwrap());
    assert_eq!(data, ["\"a\"", "1", "[1,2]"]);
}

#[derive(Serialize)]
struct OnlySent(u8);

#[derive(SseEvent)]
enum Sent {
    Only(OnlySent),
}

#[derive(Debug, PartialEq, Deserialize)]
struct OnlyRead(u8);

#[derive(Debug, PartialEq, SseEvent)]
enum Read {
    Only(OnlyRead),
}

#[test]
fn who_only_sends_or_only_reads_needs_half_of_serde() {
    let stream = body([Sent::Only(OnlySent(7)).into()]);
    let received = Reading::of([&*stream]).received.remove(0);
    assert_eq!(Read::try_from(received).unwrap(), Read::Only(OnlyRead(7)));
}

#[test]
fn reading_is_tested_with_events_made_by_hand() {
    let halted = Received::new("halt", "\"a\"");
    assert_eq!(halted, received("event: halt\ndata: \"a\"\n\n"));
    assert_eq!(Update::try_from(halted).unwrap(), Update::TradingHalted("a".to_owned()));
    assert_eq!(Received::new("", "a"), received("data: a\n\n"));
    assert!(Update::try_from(Received::new("", "a")).unwrap_err().is_unknown());
    let mut with_id = Received::new("tick", "a");
    with_id.id = EventStr::new(7);
    assert_eq!(Event::from(with_id), Event::data("a").event("tick").id(7));
}

mod elsewhere {
    use elsewhere::hidden::runtime;

    #[derive(runtime::SseEvent)]
    #[sse(crate = "runtime")]
    pub(crate) enum Hidden {
        Gem,
    }
}

#[test]
fn the_crate_may_have_another_name() {
    assert_eq!(Event::from(elsewhere::Hidden::Gem), Event::empty().event("gem"));
}
