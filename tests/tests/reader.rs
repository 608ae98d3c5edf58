//! What the reader makes of any stream.

use std::error::Error as _;
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::executor::block_on;
use futures::future::{self, Either};
use futures::stream::FusedStream as _;
use futures::{FutureExt as _, StreamExt as _, stream};
use sse_runtime::{
    Event, EventReader, EventStream, LastEventId, ReadError, Received, is_event_stream,
};
use tests::bytes::body;
use tests::deadline::watched;
use tests::reading::Reading;
use tests::reference::Parser;

/// Reads it whole, in single bytes, and cut into two anywhere: the same each time, and as the
/// standard says.
fn read(stream: &[u8]) -> Vec<Received> {
    let reference = Parser::read(stream);
    let whole = Reading::of([stream]);
    whole.assert_is_of(&reference);
    let mut cuts = vec![stream.chunks(1).collect::<Vec<_>>()];
    cuts.extend((0..=stream.len()).map(|at| [&stream[..at], &stream[at..]].to_vec()));
    for pieces in cuts {
        let reading = Reading::of(pieces);
        reading.assert_is_of(&reference);
        assert_eq!(reading.received, whole.received);
    }
    whole.received
}

fn texts(stream: impl AsRef<[u8]>) -> Vec<(String, String, String)> {
    read(stream.as_ref()).into_iter().map(|it| (it.event.into(), it.data, it.id.into())).collect()
}

fn data(stream: impl AsRef<[u8]>) -> Vec<String> {
    texts(stream).into_iter().map(|(_, data, _)| data).collect()
}

/// The cases of the event stream format among the web platform tests, each by what it is about.
#[test]
fn the_format_is_read_as_browsers_are_tested_to_read_it() {
    let long = "x".repeat(2048);
    let comments =
        format!("data:1\r:\0\n:\r\ndata:2\n:{long}\rdata:3\n:data:fail\r:{long}\ndata:4\n\n");
    let cases: [(&str, &str, &[&str]); 14] = [
        ("a byte order mark", "\u{FEFF}data:1\n\n\u{FEFF}data:2\n\ndata:3\n\n", &["1", "3"]),
        ("two of them", "\u{FEFF}\u{FEFF}data:1\n\ndata:2\n\ndata:3\n\n", &["2", "3"]),
        ("comments", &comments, &["1\n2\n3\n4"]),
        ("no final empty line", "retry:1000\ndata:test1\n\nid:test\ndata:test2", &["test1"]),
        ("data", "data:\n\ndata\ndata\n\ndata:test\n\n", &["", "\n", "test"]),
        (
            "parsing of fields",
            "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\r\
             data:\r\n data:32\ndata:4\n\n",
            &["\0\n 2\n1\n3\n\n4"],
        ),
        ("retry without a value", "retry\ndata:test\n\n", &["test"]),
        (
            "unknown fields",
            "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
            &["test\n\ntest"],
        ),
        ("a leading space", "data:\ttest\rdata: \ndata:test\n\n", &["\ttest\n\ntest"]),
        ("line ends", "data:test\r\ndata\ndata:test\r\n\r", &["test\n\ntest"]),
        ("NUL", "data:\0\n\n\n\n", &["\0"]),
        ("UTF-8", "data:ok…\n\n", &["ok…"]),
        ("a type that ends the stream", "data:x\n\nevent:y\n", &["x"]),
        ("nothing at all", "", &[]),
    ];
    for (about, stream, expected) in cases {
        assert_eq!(data(stream), expected, "{about}");
    }
}

#[test]
fn events_have_names_as_browsers_are_tested_to_give_them() {
    let names = |stream: &str| texts(stream).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(names("event:test\ndata:x\n\ndata:x\n\n"), ["test", "message"]);
    assert_eq!(names("event: \ndata:data\n\n"), ["message"]);
    assert_eq!(names("event\ndata:data\n\n"), ["message"]);
    assert_eq!(names("event:a\nevent:b\ndata\n\n"), ["b"]);
    assert_eq!(names("event:lost\n\ndata\n\n"), ["message"]);
}

#[test]
fn ids_are_kept_as_browsers_are_tested_to_keep_them() {
    let ids = |stream: &str| texts(stream).into_iter().map(|it| it.2).collect::<Vec<_>>();
    assert_eq!(ids("id:1\ndata\n\ndata\n\nid:2\ndata\n\n"), ["1", "1", "2"]);
    assert_eq!(ids("id:1\ndata\n\nid\ndata\n\n"), ["1", ""]);
    assert_eq!(ids("id:…\ndata\n\nid:a\0b\ndata\n\n"), ["…", "…"]);
    assert_eq!(ids("data\nid:1\nid:2\n\n"), ["2"]);
}

#[test]
fn an_id_counts_from_its_blank_line_on_with_data_or_without() {
    let last = |stream: &[u8]| {
        read(stream);
        Reading::of([stream]).last_event_id
    };
    assert_eq!(last(b"id: 1\ndata\n\nid: 2\n"), "1");
    assert_eq!(last(b"id: 1\ndata\n\nid: 2\n\n"), "2");
    assert_eq!(last(b"id: 1\n\nid:\n\n"), "");
    let mut reader = EventReader::from_async_read(&b"data: a\n\n"[..]).with_last_event_id("41");
    let event = reader.next().now_or_never().unwrap().unwrap().unwrap();
    assert_eq!((&*event.id, reader.last_event_id()), ("41", "41"));
    let of_the_client = LastEventId::new("41").unwrap();
    let reader = EventReader::from_async_read(&b""[..]).with_last_event_id(of_the_client);
    assert_eq!(reader.last_event_id(), "41");
}

#[test]
fn a_reconnection_time_is_of_digits_alone() {
    let rows: [(&str, Option<u64>); 9] = [
        ("retry:03000", Some(3000)),
        ("retry: 3000\nretry:1000x", Some(3000)),
        ("retry: 3000\nretry:", Some(3000)),
        ("retry:-1", None),
        ("retry:+1", None),
        ("retry:  1", None),
        ("retry: 1.5", None),
        ("retry:\u{661}", None),
        ("retry:99999999999999999999999", Some(u64::MAX)),
    ];
    for (field, expected) in rows {
        let received = read(format!("{field}\ndata:x\n\n").as_bytes());
        assert_eq!(received[0].retry, expected.map(Duration::from_millis), "{field}");
    }
    // Once, with the next event: also if it came by itself.
    let received = read(b"retry:1\n\nretry:2\n\ndata\n\ndata\n\n");
    assert_eq!(received[0].retry, Some(Duration::from_millis(2)));
    assert_eq!(received[1].retry, None);
}

#[test]
fn what_is_not_utf_8_is_replaced_as_in_the_whole_stream() {
    assert_eq!(data(b"data: a\xFFb\xE2\x82\n\n"), ["a\u{FFFD}b\u{FFFD}"]);
    assert_eq!(data(b"data: \xF0\x9F\x9A\ndata: \x80\n\n"), ["\u{FFFD}\n\u{FFFD}"]);
    assert_eq!(data(b"data: \xED\xA0\x80\n\n"), ["\u{FFFD}\u{FFFD}\u{FFFD}"]);
    assert_eq!(data("data: 🚀 é\n\n"), ["🚀 é"]);
    assert_eq!(texts(b"event:\xC3\nid:\xC3\ndata\n\n")[0].0, "\u{FFFD}");
    let large = [&b"data:"[..], &b"x".repeat(100_000), b"\xFF\n\n"].concat();
    let received = &Reading::of([&*large]).received[0].data;
    assert!(received.ends_with("x\u{FFFD}") && received.len() == 100_003);
}

#[test]
fn a_stream_that_ends_within_an_event_is_cut_off() {
    let is_cut_off = |stream: &[u8]| {
        read(stream);
        Reading::of([stream]).is_cut_off
    };
    for stream in ["d", "data: a", "data: a\n", "data: a\r\n", "event: a\n", "id: 1\n", "\u{FEFF}d"]
    {
        assert!(is_cut_off(stream.as_bytes()), "{stream:?}");
    }
    for stream in
        ["", "data: a\n\n", "data: a\r\n\r", "data: a\r\n\r\n", ": hi", ": hi\n", "retry: 1\n"]
    {
        assert!(!is_cut_off(stream.as_bytes()), "{stream:?}");
    }
}

#[test]
fn the_event_that_is_cut_off_can_be_had() {
    let cut_off = |stream: &str| {
        let received = read(stream.as_bytes());
        assert!(received.iter().all(|event| event.data == "whole"), "{stream:?}");
        Reading::of([stream.as_bytes()]).cut_off
    };
    let data = |stream: &str| cut_off(stream).map(|event| event.data);
    for end in ["", "\n", "\r", "\r\n"] {
        assert_eq!(data(&format!("data: whole\n\ndata: [DONE]{end}")).unwrap(), "[DONE]");
    }
    assert_eq!(data("data: a\ndata:  b").unwrap(), "a\n b");
    assert_eq!(data("data: a\ndata:").unwrap(), "a\n");
    assert_eq!(data("\u{FEFF}data: a").unwrap(), "a");
    for stream in ["", "data: whole\n\n", "dat", "data", "event: a\n", "id: 1\n", ": data:", "x"] {
        assert_eq!(data(stream), None, "{stream:?}");
    }
    let event =
        cut_off("id: 1\ndata: whole\n\nid: 2\nevent: a\nretry: 5\ndata: b\nevent: ab").unwrap();
    assert_eq!((&*event.id, &*event.event, &*event.data), ("1", "a", "b"));
    assert_eq!(event.retry, Some(Duration::from_millis(5)));
}

#[test]
fn an_event_that_is_cut_off_is_there_after_a_failure_and_not_before_the_end() {
    let bytes = stream::iter([Ok("data: a\n\ndata: b"), Err(io::Error::other("unplugged"))]);
    let mut reader = EventReader::new(bytes);
    assert!(reader.next().now_or_never().is_some());
    assert_eq!(reader.cut_off_event(), None);
    assert!(reader.next().now_or_never().unwrap().unwrap().is_err());
    assert_eq!(reader.cut_off_event().unwrap().data, "b");
}

#[test]
fn nothing_is_left_of_an_event_that_is_too_large() {
    for stream in [&b"data: 1\ndata: 2345"[..], b"data: 1\ndata: 2345\n", b"data: 1\n: 123456789"] {
        for pieces in [vec![stream], stream.chunks(1).collect()] {
            let reading = Reading::with_limit(pieces, Some(4));
            assert!(reading.is_cut_off);
            assert_eq!(reading.cut_off, None, "{stream:?}");
        }
    }
}

#[test]
fn a_stream_is_not_cut_off_before_its_end() {
    let bytes = stream::iter([Ok::<_, io::Error>("data: a\n\ndata: b")]).chain(stream::pending());
    let mut reader = EventReader::new(bytes);
    assert!(reader.next().now_or_never().is_some());
    assert!(reader.next().now_or_never().is_none());
    assert!(!reader.is_cut_off() && !reader.is_terminated());
}

#[test]
fn a_reader_shows_what_a_client_would_reconnect_with() {
    let mut reader = EventReader::from_async_read(&b"retry: 5\nid: 1\ndata: a\n\n"[..]);
    assert!(reader.next().now_or_never().is_some());
    let shown = r#"last_event_id: "1", reconnection_time: Some(5ms), is_at_end: false, .."#;
    assert_eq!(format!("{reader:?}"), format!("EventReader {{ {shown} }}"));
}

#[test]
fn an_event_may_be_as_large_as_the_limit_says() {
    let fits: [(&[u8], usize); 10] = [
        (b"data: 1234\n\n", 4),
        // A byte order mark is no part of a line.
        (b"\xEF\xBB\xBFdata: 1234\n\n", 4),
        (b"\xEF\xBB\xBF: 345678\n\n", 2),
        (b"\xEF\xBB\xBF\xEF\xBB\xBFx\n\n", 4),
        (b"data: 1\ndata: 2\r\n\n", 3),
        (b"data: 1234\n\ndata: 1234\n\n", 4),
        // All but the data, with the names.
        (b"event: e\nid: 1\ndata:\n\n", 13),
        (b"x\nx\nx\nx\n\n", 4),
        // A line, and the 6 bytes that `data: ` has.
        (b": 345678\n: 345678\n\n", 2),
        (b"data:   45678\n\n", 7),
    ];
    for (stream, bytes) in fits {
        for pieces in [vec![stream], stream.chunks(1).collect()] {
            assert_eq!(Reading::with_limit(pieces.clone(), Some(bytes)).error, None);
            let error = Reading::with_limit(pieces, Some(bytes - 1)).error;
            assert_eq!(error, Some(ReadError::TooLarge { limit: bytes - 1 }), "{stream:?}");
        }
    }
}

#[test]
fn a_failure_of_the_bytes_comes_last_with_its_cause() {
    let bytes = stream::iter([Ok("data: a\n\n"), Err(io::Error::other("unplugged"))]);
    let items = EventReader::new(bytes).collect::<Vec<_>>().now_or_never().unwrap();
    let [Ok(event), Err(error)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(event.data, "a");
    assert_eq!(Event::data(&event.event), Event::data("message"));
    assert_eq!(error.to_string(), "the stream of events failed");
    assert_eq!(error.source().unwrap().to_string(), "unplugged");
    let too_large = ReadError::<io::Error>::TooLarge { limit: 1 };
    assert!(too_large.source().is_none());
}

#[test]
fn no_stream_without_an_end_fills_the_memory() {
    let reads =
        [&b"data: more\n"[..], b"x", b"data: ", b":", b"event: x\n", b"nonsense\n", b"retry: 1\n"];
    for endless in reads {
        let bytes = stream::repeat(endless).map(Ok::<_, io::Error>);
        let items = block_on(EventReader::new(bytes).collect::<Vec<_>>());
        assert!(matches!(items[..], [Err(ReadError::TooLarge { limit: 1_048_576 })]));
    }
}

#[test]
fn heartbeats_can_go_on_forever() {
    let beats = stream::repeat(b":\n").take(1 << 20).map(Ok::<_, io::Error>);
    assert!(block_on(EventReader::new(beats).collect::<Vec<_>>()).is_empty());
}

#[tokio::test]
async fn a_stream_that_always_has_more_bytes_and_no_event_leaves_the_thread_to_others() {
    for endless in [&b":\n"[..], b"", b"\n", b"data: more\n", b"x"] {
        let bytes = stream::repeat(endless).map(Ok::<_, io::Error>);
        let mut events = EventReader::new(bytes).max_event_bytes(usize::MAX);
        let mut others = pin!(tokio::task::yield_now());
        let first = watched(future::select(events.next(), &mut others)).await;
        assert!(matches!(first, Either::Right(_)), "{endless:?}");
    }
}

#[test]
fn an_event_is_read_whatever_many_chunks_it_comes_in() {
    let event = format!("data: {}\n\n", "x".repeat(10_000));
    let events = event.repeat(3);
    for size in 1..=130 {
        let received = Reading::of(events.as_bytes().chunks(size)).received;
        assert!(received.len() == 3 && received.iter().all(|it| it.data.len() == 10_000));
    }
}

#[test]
fn after_an_error_comes_nothing() {
    let items = [Ok("data: a\n\ndata: b"), Err(io::Error::other("lost")), Ok("\n\ndata: c\n\n")];
    let mut reader = EventReader::new(stream::iter(items));
    let mut next = || reader.next().now_or_never().unwrap();
    assert_eq!(next().unwrap().unwrap().data, "a");
    let error = next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the stream of events failed");
    assert!(next().is_none() && next().is_none());
    assert!(reader.is_cut_off() && reader.is_terminated());
}

#[test]
fn a_stream_is_dropped_when_it_has_ended_or_has_sent_too_much() {
    for limit in [10, 1000] {
        let held = Rc::new(());
        let inside = held.clone();
        let bytes = stream::iter(["data: a line too long\n\n"]).map(move |bytes| {
            assert_eq!(Rc::strong_count(&inside), 2);
            Ok::<_, io::Error>(bytes)
        });
        let mut reader = EventReader::new(bytes).max_event_bytes(limit);
        while reader.next().now_or_never().unwrap().is_some() {}
        assert_eq!(Rc::strong_count(&held), 1);
    }
}

/// By way of a relay.
fn relayed(stream: &[u8]) -> Vec<u8> {
    body(Reading::of([stream]).received.into_iter().map(Event::from))
}

#[test]
fn a_relay_loses_nothing_that_a_client_would_receive() {
    let streams = [
        &b"event: e\nid: 1\nretry: 5\ndata:  a\ndata: b\ndata:\n\ndata\n\n"[..],
        b"id: 1\ndata: a\n\nid\ndata: b\n\ndata: c\n\n",
        b"id: 1\n\ndata: a\n\nid\n\ndata: b\n\n",
        b"id: 1\ndata: a\n\nid\n\nid: 2\n\ndata: b\n\n",
        b"event: message\ndata: \xFF\0\xEF\xBB\xBF\n\n",
        b"retry: 1\n\nretry: 2\ndata: a\n\n",
    ];
    for stream in streams {
        let [direct, through] = [stream, &relayed(stream)].map(Parser::read);
        assert_eq!(direct.dispatched, through.dispatched);
        assert_eq!(direct.reconnection_time, through.reconnection_time);
    }
}

#[test]
fn a_relay_sends_no_id_where_there_never_was_one() {
    assert_eq!(relayed(b"data: a\n\nid\ndata: b\n\n"), b"data: a\n\ndata: b\n\n");
}

#[test]
fn a_relay_that_leaves_events_out_still_sends_their_ids() {
    let events = Reading::of([&b"id: 1\ndata: a\n\ndata: b\n\n"[..]]).received;
    assert_eq!(Event::from(events[1].clone()), Event::data("b").id("1"));
}

#[test]
fn what_our_encoder_writes_is_read_in_every_chunking() {
    let events = [
        Event::data(" the"),
        Event::data("a\r\nb\r").event("named").id("7").with_comment("c").with_retry(Duration::ZERO),
        Event::comment("data: none"),
        Event::retry(Duration::from_millis(200)),
        Event::id_only("8"),
        Event::data("\n\n  a:\n\n: b\0"),
        Event::data("\u{FEFF}\u{85}é 🚀").id(""),
        Event::empty().event("end"),
    ];
    let data = [" the", "a\nb\n", "\n\n  a:\n\n: b\0", "\u{FEFF}\u{85}é 🚀", ""];
    assert_eq!(self::data(body(events)), data);
}

#[tokio::test]
async fn a_tokio_reader_is_read_as_it_comes() {
    let (mut server, client) = tokio::io::duplex(16);
    let mut events = EventReader::from_async_read(client);
    for token in ["a", "longer than the pipe holds at once"] {
        let write = async {
            tokio::io::AsyncWriteExt::write_all(
                &mut server,
                format!("data: {token}\n\n").as_bytes(),
            )
            .await
            .unwrap();
        };
        let ((), event) = tokio::join!(write, events.next());
        assert_eq!(event.unwrap().unwrap().data, token);
    }
    drop(server);
    assert!(events.next().await.is_none());
}

#[test]
fn a_response_is_a_stream_of_events_by_its_headers() {
    const NAME: &str = "content-type";
    let streams: [&[(&str, &str)]; 6] = [
        &[(NAME, "text/event-stream")],
        &[("Content-Type", "Text/Event-Stream")],
        &[(NAME, "text/event-stream;charset=utf-8")],
        &[(NAME, " text/event-stream ; charset=UTF-8")],
        &[("server", "x"), (NAME, "text/event-stream"), ("content-encoding", "identity")],
        &[(NAME, "text/event-stream"), (NAME, "text/event-stream")],
    ];
    for headers in streams {
        assert!(is_event_stream(headers.iter().copied()), "{headers:?}");
    }
    let others: [&[(&str, &str)]; 9] = [
        &[],
        &[(NAME, "")],
        &[(NAME, "application/json")],
        &[(NAME, "text/html; charset=text/event-stream")],
        &[(NAME, "text/event-streams")],
        &[(NAME, "text/event-stream, text/html")],
        &[(NAME, "text/event-stream"), (NAME, "text/html")],
        &[(NAME, "text/event-stream"), ("Content-Encoding", "gzip")],
        &[("accept", "text/event-stream")],
    ];
    for headers in others {
        assert!(!is_event_stream(headers.iter().copied()), "{headers:?}");
    }
}

#[test]
fn the_headers_of_our_own_responses_are_those_of_a_stream() {
    let events = EventStream! { yield Event::data("a"); };
    assert!(is_event_stream(events.into_http_response().headers()));
    let mut parts = http::Response::new(()).into_parts().0;
    assert!(!is_event_stream(&parts.headers));
    parts.headers.insert("content-type", http::HeaderValue::from_bytes(b"\xFF").unwrap());
    assert!(!is_event_stream(&parts.headers));
}
