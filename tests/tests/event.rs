//! What can be read of an event, and events that many clients share.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::Duration;

use sse_runtime::{Event, Fields, LastEventId};
use tests::bytes::body;

fn with_all_fields() -> Event {
    Event::data("a\r\nb").event("tick").id("7").with_retry(Duration::MAX).with_comment(" c")
}

type All<'a> =
    (Option<&'a str>, Option<Duration>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn all(fields: Fields<'_>) -> All<'_> {
    let Fields { comment, retry, id, event, data, .. } = fields;
    (comment, retry, id, event, data)
}

#[test]
fn an_event_is_read_as_it_was_built() {
    let expected = (Some(" c"), Some(Duration::MAX), Some("7"), Some("tick"), Some("a\r\nb"));
    assert_eq!(all(with_all_fields().fields()), expected);
    assert_eq!(all(with_all_fields().into_shared().fields()), expected);
    assert_eq!(all(Event::empty().fields()), (None, None, None, None, Some("")));
}

#[test]
fn events_that_differ_in_a_field_are_not_equal() {
    let event = with_all_fields;
    let others = [
        event().with_comment("other"),
        event().with_retry(Duration::ZERO),
        event().id("other"),
        event().event("other"),
        event().with_data("other"),
    ];
    let hasher = RandomState::new();
    for other in others {
        assert_ne!(other, event());
        assert_ne!(hasher.hash_one(&other), hasher.hash_one(event()));
        assert_ne!(format!("{other:?}"), format!("{:?}", event()));
    }
}

#[test]
fn an_event_of_an_id_alone_moves_the_client_on_and_dispatches_nothing() {
    assert_eq!(body([Event::id_only("42")]), b"id: 42\n\n");
    assert_eq!(body([Event::id_only("a\nb\0")]), b"id: a b \n\n");
    assert_eq!(all(Event::id_only("42").fields()), (None, None, Some("42"), None, None));
}

#[test]
fn a_shared_event_is_the_event_that_it_was_made_of() {
    for event in [with_all_fields(), Event::data("a"), Event::comment("a"), Event::id_only("1")] {
        let shared = event.clone().into_shared();
        assert_eq!(shared, event);
        assert_eq!(shared.clone().into_shared(), event);
        let hasher = RandomState::new();
        assert_eq!(hasher.hash_one(&shared), hasher.hash_one(&event));
        assert_eq!(format!("{shared:?}"), format!("{event:?}"));
        assert_eq!(body([shared.clone()]), body([event.clone()]));
        assert_eq!(body([shared.clone(), shared]), body([event.clone(), event]));
    }
}

#[test]
fn a_shared_event_that_is_changed_leaves_its_clones_as_they_were() {
    let shared = Event::data("a").id("1").into_shared();
    let sent = body([shared.clone()]);
    let changed = shared.clone().id("2").with_data("b");
    assert_eq!(changed, Event::data("b").id("2"));
    assert_eq!(body([changed]), b"id: 2\ndata: b\n\n");
    assert_eq!(body([shared.clone()]), sent);
    // The last of them, which need not copy anything.
    assert_eq!(body([shared.event("x")]), b"id: 1\nevent: x\ndata: a\n\n");
}

#[test]
fn the_clones_of_a_shared_event_share_their_texts() {
    let at = |event: &Event| event.fields().data.map(str::as_ptr);
    let shared = Event::data("a".repeat(100)).into_shared();
    assert_eq!(at(&shared), at(&shared.clone()));
    let own = Event::data("a".repeat(100));
    assert_ne!(at(&own), at(&own.clone()), "which else have texts of their own");
}

#[test]
fn a_last_event_id_is_made_by_the_rules_of_a_request() {
    assert_eq!(LastEventId::new("42").unwrap().as_str(), "42");
    assert_eq!(LastEventId::new("42").unwrap().to_string(), "42");
    assert_eq!(LastEventId::new(String::from(" ")).unwrap().as_str(), " ");
    assert_eq!(LastEventId::new(""), None);
    assert_eq!(LastEventId::new("4\0"), None);
    assert_eq!(LastEventId::new("42"), LastEventId::from_header_or_query(Some(b"42"), None));
}

#[test]
fn a_last_event_id_is_passed_on_as_it_is() {
    let id: LastEventId = "42".parse().unwrap();
    assert_eq!(Event::id_only(&id), Event::id_only("42"));
    assert_eq!(Event::id_only(id.clone()), Event::id_only("42"));
    assert_eq!(id.as_ref(), "42");
    assert_eq!(String::from(id), "42");
    for not_an_id in ["", "4\0"] {
        let error = not_an_id.parse::<LastEventId>().unwrap_err();
        assert!(error.to_string().contains("be empty or contain NUL"), "{error}");
    }
}

#[test]
fn an_id_in_a_query_is_decoded_as_a_form_is() {
    let of_query = |query| {
        LastEventId::from_header_or_query(None, Some(query)).map(|id| id.as_str().to_owned())
    };
    assert_eq!(of_query("lastEventId=a+b").as_deref(), Some("a b"));
    assert_eq!(of_query("lastEventId=a%2Bb%20c").as_deref(), Some("a+b c"));
    assert_eq!(of_query("lastEventId=&lastEventId=2").as_deref(), Some("2"));
    assert_eq!(of_query("lasteventid=1&x=lastEventId=2"), None);
    assert_eq!(of_query("lastEventId=%ff"), None);
}
