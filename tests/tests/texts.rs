//! What can be given as a text, and what becomes of it.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::fmt::Display;
use std::hash::BuildHasher as _;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use proptest::prelude::*;
use sse_runtime::{Event, IntoText, Text};
use tests::bytes::body;

fn data(event: &Event) -> &str {
    event.fields().data.expect("an event with data")
}

/// Sent by every method that takes a text.
fn assert_sent<S: IntoText + Clone>(text: S, expected: &str) {
    let sent = [
        Event::data::<S>(text.clone()),
        Event::comment::<S>(text.clone()),
        Event::id_only::<S>(text.clone()),
        Event::empty().event::<S>(text.clone()),
        Event::empty().id::<S>(text.clone()),
        Event::empty().with_data::<S>(text.clone()),
        Event::empty().with_comment::<S>(text),
    ];
    let expected = [
        Event::data(expected.to_owned()),
        Event::comment(expected.to_owned()),
        Event::id_only(expected.to_owned()),
        Event::empty().event(expected.to_owned()),
        Event::empty().id(expected.to_owned()),
        Event::empty().with_data(expected.to_owned()),
        Event::empty().with_comment(expected.to_owned()),
    ];
    assert_eq!(sent, expected);
    assert_eq!(body(sent), body(expected));
}

#[test]
fn strings_of_all_kinds_are_texts() {
    for text in ["", "a", "exactly 24 bytes, inside", &"long ".repeat(100)] {
        let owned = text.to_owned();
        assert_sent(text, text);
        assert_sent(&text, text);
        assert_sent(&owned, text);
        assert_sent(Cow::Borrowed(text), text);
        assert_sent(&Cow::Borrowed(text), text);
        assert_sent(Cow::<str>::Owned(owned.clone()), text);
        assert_sent(Box::<str>::from(text), text);
        assert_sent(&Box::<str>::from(text), text);
        assert_sent(Arc::<str>::from(text), text);
        assert_sent(&Arc::<str>::from(text), text);
        assert_sent(Rc::<str>::from(text), text);
        assert_sent(&Rc::<str>::from(text), text);
        assert_sent(format_args!("{text}"), text);
        assert_sent(format_args!("{text}{}", ""), text);
        assert_sent(text.into_text(), text);
        assert_sent(&text.into_text(), text);
        assert_sent(owned, text);
    }
}

#[test]
fn numbers_characters_and_truth_values_are_texts_as_they_are_displayed() {
    fn assert_displayed<T: IntoText + Copy + Display>(values: &[T])
    where
        for<'a> &'a T: IntoText,
    {
        for value in values {
            assert_sent(*value, &value.to_string());
            assert_sent(value, &value.to_string());
        }
    }

    assert_displayed(&[0, u8::MAX]);
    assert_displayed(&[u16::MAX]);
    assert_displayed(&[u32::MAX]);
    assert_displayed(&[u64::MAX]);
    assert_displayed(&[u128::MAX]);
    assert_displayed(&[usize::MAX]);
    assert_displayed(&[i8::MIN]);
    assert_displayed(&[i16::MIN]);
    assert_displayed(&[i32::MIN]);
    assert_displayed(&[i64::MIN]);
    assert_displayed(&[i128::MIN]);
    assert_displayed(&[isize::MIN]);
    assert_displayed(&[1.0, -0.0, 0.1, 1e21, 1e-7, f32::MAX, f32::NAN]);
    assert_displayed(&[1.0, 0.1 + 0.2, f64::MAX, f64::MIN_POSITIVE, f64::NEG_INFINITY]);
    assert_displayed(&['a', 'é', '\u{10FFFF}', '\n']);
    assert_displayed(&[true, false]);
}

#[test]
fn a_number_without_a_type_is_a_text() {
    assert_eq!(Event::data(5).id(-7), Event::data("5").id("-7"));
    assert_eq!(Event::data(0.5), Event::data("0.5"));
}

#[test]
fn formatted_texts_are_sent_whatever_their_pieces_are() {
    let (n, total) = (3, 10);
    assert_eq!(Event::data(format_args!("{n} of {total}")), Event::data("3 of 10"));
    let pieces = ["in place, then no more", "é", &"x".repeat(40)];
    let all = format_args!("{}{}{}", pieces[0], pieces[1], pieces[2]).into_text();
    assert_eq!(all.as_str(), pieces.concat());
}

#[test]
fn a_type_of_ones_own_becomes_a_text_by_one_impl() {
    struct Row(u64);

    impl IntoText for Row {
        fn into_text(self) -> Text {
            format_args!("row-{}", self.0).into_text()
        }
    }

    assert_eq!(Event::data(Row(1)).id(Row(2)), Event::data("row-1").id("row-2"));
}

#[test]
fn texts_are_equal_by_what_they_say_wherever_they_are_kept() {
    let kept = ["a".into_text(), String::from("a").into_text(), Text::from_static("a")];
    let other = "b".into_text();
    let hasher = RandomState::new();
    for text in &kept {
        assert_eq!(*text, kept[0]);
        assert_ne!(*text, other);
        assert_eq!(hasher.hash_one(text), hasher.hash_one(&kept[0]));
        assert_ne!(hasher.hash_one(text), hasher.hash_one(&other));
        assert_eq!(format!("{text} {text:?}"), "a \"a\"");
        assert_eq!(String::from(text.clone()), "a");
    }
}

#[test]
fn an_owned_text_is_not_copied() {
    let text = "a".repeat(100);
    let at = text.as_ptr();
    let event = Event::data(text);
    assert_eq!(data(&event).as_ptr(), at);

    let text: Box<str> = "a".repeat(100).into();
    let at = text.as_ptr();
    assert_eq!(data(&Event::data(text)).as_ptr(), at);

    let text: Cow<str> = Cow::Owned("a".repeat(100));
    let at = text.as_ptr();
    assert_eq!(data(&Event::data(text)).as_ptr(), at);
}

#[test]
fn a_static_text_is_not_copied() {
    const LONG: &str = "a text that is too long to be kept in place";
    let event = Event::data(Text::from_static(LONG)).id(Text::from_static(LONG));
    assert_eq!(data(&event).as_ptr(), LONG.as_ptr());
    assert_eq!(event.clone().fields().id.map(str::as_ptr), Some(LONG.as_ptr()));
}

#[test]
fn a_short_text_is_kept_in_the_event() {
    fn assert_in_place(event: &Event) {
        let event_at = std::ptr::from_ref(event).addr();
        let text_at = data(event).as_ptr().addr();
        assert!((event_at..event_at + size_of::<Event>()).contains(&text_at), "{event:?}");
    }

    assert_in_place(&Event::data("a"));
    assert_in_place(&Event::data("as many as fit in place."));
    assert_in_place(&Event::data(u64::MAX));
    assert_in_place(&Event::data(i64::MIN));
    assert_in_place(&Event::data(0.1 + 0.2));
    let (done, total) = black_box((3, 10));
    assert_in_place(&Event::data(format_args!("{done} of {total}")));
}

/// In an event that comes alone, and in a burst, where short texts are encoded in a way of their own.
fn assert_sent_the_same_wherever_it_is_kept(text: &str) {
    let owned = || text.to_owned();
    let borrowed = Event::data(text).id(text).event(text);
    let kept = Event::data(owned()).id(owned()).event(owned());
    assert_eq!(borrowed, kept);
    assert_eq!(body([borrowed.clone()]), body([kept.clone()]));
    let burst = |data: Event, all: &Event| body([data.clone(), data.clone(), data, all.clone()]);
    assert_eq!(burst(Event::data(text), &borrowed), burst(Event::data(owned()), &kept));
}

#[test]
fn a_text_of_any_length_with_a_special_character_anywhere_is_sent_the_same() {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzabcdefgh";

    for length in 0..=LETTERS.len() {
        assert_sent_the_same_wherever_it_is_kept(&LETTERS[..length]);
        for at in 0..length {
            for special in ["\0", "\t", "\n", "\r", "\u{e}", " ", "\u{7f}", "é", "€"] {
                let mut text = LETTERS[..length].to_owned();
                text.replace_range(at..=at, special);
                assert_sent_the_same_wherever_it_is_kept(&text);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_text_is_sent_the_same_wherever_it_is_kept(text in "[\\x00-\\x20é€a-c]{0,40}") {
        assert_sent_the_same_wherever_it_is_kept(&text);
    }
}
