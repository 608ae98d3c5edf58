//! Tests under loom, which tries every order in which threads can run: `cargo xtask loom`.

#[path = "../../tests/explore/mod.rs"]
mod explore;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};

use explore::explore;
use futures::StreamExt as _;
use loom::future::block_on;
use loom::thread;
use sse_runtime::Event;

use super::limits::Limits;
use super::memory::Memory;
use super::record::Record;
use super::registry::Registry;
use super::seal::Seal;
use super::state::End;
use super::{Join, RunError, RunState};

fn begin(limits: Limits) -> (Arc<Registry>, Arc<Record>) {
    let registry = Arc::new(Registry::new(limits, Arc::new(Memory)));
    let record = registry.begin("a", Seal::random()).ok().expect("it begins");
    (registry, record)
}

/// Returns the data of the next event, or how the run ended. If it is never woken, loom fails.
fn next(join: &mut Join) -> Option<Result<String, RunState>> {
    let data = |event: Event| event.fields().data.expect("an event with data").to_owned();
    let item = block_on(join.next())?;
    Some(item.map(data).map_err(|error: RunError| error.state()))
}

#[test]
fn whoever_waits_is_woken_whenever_events_and_the_end_come() {
    explore(Some(3), || {
        let (registry, record) = begin(Limits::default());
        let mut join = Join::new(Arc::clone(&record));
        let producer = thread::spawn(move || {
            assert!(record.append(Event::data("1")));
            assert!(registry.end(&record, End::FINISHED));
        });
        assert_eq!(next(&mut join), Some(Ok("1".to_owned())));
        assert_eq!(next(&mut join), None);
        producer.join().unwrap();
    });
}

#[test]
fn what_was_recorded_before_a_stop_is_read_and_nothing_else() {
    explore(Some(3), || {
        let (registry, record) = begin(Limits::default());
        let mut join = Join::new(Arc::clone(&record));
        let appended = Arc::clone(&record);
        let producer = thread::spawn(move || {
            ["1", "2"].into_iter().filter(|data| appended.append(Event::data(*data))).count()
        });
        let stopping = Arc::clone(&registry);
        let stop = thread::spawn(move || {
            assert!(stopping.end(&record, End::STOPPED));
            assert!(stopping.begin("a", Seal::random()).is_ok(), "another begins right after it");
        });
        let mut read = 0;
        let end = loop {
            match next(&mut join) {
                Some(Ok(_)) => read += 1,
                end => break end,
            }
        };
        assert_eq!(end, Some(Err(RunState::Stopped)));
        assert_eq!(producer.join().unwrap(), read);
        stop.join().unwrap();
    });
}

#[test]
fn a_run_that_finishes_while_it_is_stopped_has_one_end() {
    explore(None, || {
        let (registry, record) = begin(Limits::default());
        let mut join = Join::new(Arc::clone(&record));
        let (other, same) = (Arc::clone(&registry), Arc::clone(&record));
        let finish = thread::spawn(move || other.end(&same, End::FINISHED));
        let is_stopped = registry.end(&record, End::STOPPED);
        let has_finished = finish.join().unwrap();
        assert!(is_stopped != has_finished);
        let expected = is_stopped.then_some(Err(RunState::Stopped));
        assert_eq!(next(&mut join), expected);
        assert_eq!(registry.counts(), (0, 1));
    });
}

#[test]
fn of_two_who_begin_at_once_one_does() {
    explore(None, || {
        let registry = Arc::new(Registry::new(Limits::default(), Arc::new(Memory)));
        let other = Arc::clone(&registry);
        let there = thread::spawn(move || other.begin("a", Seal::random()).is_ok());
        let here = registry.begin("a", Seal::random()).is_ok();
        assert!(here != there.join().unwrap());
    });
}

#[test]
fn a_reader_who_leaves_while_an_event_comes_leaves_nothing_and_keeps_nobody_asleep() {
    explore(Some(3), || {
        let (registry, record) = begin(Limits::default());
        let mut stays = Join::new(Arc::clone(&record));
        let mut leaves = Join::new(Arc::clone(&record));
        let leaving = thread::spawn(move || {
            let _ = leaves.poll_next_unpin(&mut Context::from_waker(Waker::noop()));
        });
        let producer = thread::spawn(move || record.append(Event::data("1")));
        assert_eq!(next(&mut stays), Some(Ok("1".to_owned())));
        leaving.join().unwrap();
        assert!(producer.join().unwrap());
        assert_eq!(registry.totals.readers.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_reader_sees_each_event_or_a_gap_whenever_events_come_and_go() {
    explore(Some(3), || {
        // With room for a single event.
        let (registry, record) = begin(Limits { max_bytes: 1, ..Limits::default() });
        let mut join = Join::new(Arc::clone(&record));
        let producer = thread::spawn(move || {
            record.append(Event::data("1"));
            record.append(Event::data("2"));
            registry.end(&record, End::FINISHED);
        });
        let mut seen = Vec::new();
        while let Some(item) = next(&mut join) {
            seen.push(item.unwrap());
        }
        producer.join().unwrap();
        let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
        let expected =
            [&["1", "2"][..], &["1", "overflow", "2"], &["overflow", "2"], &["evicted", "2"]];
        assert!(expected.contains(&&seen[..]), "{seen:?}");
    });
}
