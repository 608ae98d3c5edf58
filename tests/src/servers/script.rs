//! What every client must read alike, up to the event named `end`.

use std::time::Duration;

use sse_runtime::{BoxEventStream, Event, EventStream};
use tokio::time::sleep;

/// Name, data and last event ID of an event.
pub type Read = (String, String, String);

/// An event, and what a client reads of it, if anything.
struct Row(Event, Option<Read>);

/// What is a line break to Unicode and to Python's `str`, but to no client.
const SEPARATORS: [char; 8] =
    ['\u{B}', '\u{C}', '\u{1C}', '\u{1D}', '\u{1E}', '\u{85}', '\u{2028}', '\u{2029}'];

const BEATS_EACH: Duration = Duration::from_millis(2);

/// Long enough for heartbeats between two events.
const QUIET: Duration = Duration::from_millis(30);

fn seen(event: Event, name: &str, data: impl Into<String>, id: &str) -> Row {
    Row(event, Some((name.to_owned(), data.into(), id.to_owned())))
}

fn unseen(event: Event) -> Row {
    Row(event, None)
}

fn separated(separator: char) -> Row {
    let data = format!("a{separator}b");
    seen(Event::data(data.clone()), "message", data, "7")
}

/// Heartbeats follow what is unseen. The longest event comes late: not every client survives it.
fn rows() -> Vec<Row> {
    let mut rows = vec![
        unseen(Event::retry(Duration::from_millis(100))),
        seen(Event::data(" the"), "message", " the", ""),
        seen(Event::data("a\r\nb\r").event("named").id("7"), "named", "a\nb\n", "7"),
        unseen(Event::comment("data: none")),
        seen(Event::data("kept"), "message", "kept", "7"),
        seen(Event::empty(), "message", "", "7"),
        unseen(Event::retry(Duration::from_millis(200))),
        seen(Event::data("\n\n  a:\n\n: b"), "message", "\n\n  a:\n\n: b", "7"),
        seen(Event::data("\n"), "message", "\n", "7"),
        seen(Event::data("\u{FEFF}é 🚀"), "message", "\u{FEFF}é 🚀", "7"),
    ];
    rows.extend(SEPARATORS.map(separated));
    let longest = "x".repeat(1 << 20);
    rows.extend([
        seen(Event::json(&["\r\n"]).id(""), "message", r#"["\r\n"]"#, ""),
        unseen(Event::comment("")),
        seen(Event::data("reset"), "message", "reset", ""),
        seen(Event::data(longest.clone()).id("8"), "message", longest, "8"),
        seen(Event::empty().event("end"), "end", "", "8"),
    ]);
    rows
}

pub(super) fn script() -> BoxEventStream<'static> {
    EventStream!({
        for Row(event, read) in rows() {
            yield event;
            if read.is_none() {
                sleep(QUIET).await;
            }
        }
    })
    .heartbeat(BEATS_EACH)
    .boxed()
}

/// What a conforming client reads of it.
#[must_use]
pub fn expected() -> Vec<Read> {
    rows().into_iter().filter_map(|Row(_, read)| read).collect()
}
