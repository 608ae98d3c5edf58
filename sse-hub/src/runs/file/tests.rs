//! Runs in a folder: what is there after a restart, and what a faulty disk does.

#[path = "../../../tests/fed/mod.rs"]
mod fed;
#[path = "../../../tests/fed/read.rs"]
mod read;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use sse_runtime::{Event, EventStream, LastEventId};
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{sleep, timeout};

use super::*;
use crate::runs::{Join, Run, RunError, RunState, Runs, RunsBuilder, RunsError, StartError};
use crate::store::faulty::{Call, Disk};
use fed::fed;
use read::{data, next, read};

/// Generous, for slow machines; nothing here waits for it to pass.
const DEADLINE: Duration = Duration::from_secs(60);
const SMALL: u64 = 2000;

fn address(folder: &Path) -> Address {
    Address { folder: folder.to_owned(), sync: true }
}

/// Runs on a disk that does what a test says, with small segments.
async fn on(disk: &Disk, folder: &Path, limits: Limits) -> Runs {
    let layer = Box::new(disk.clone());
    let registry = open(limits, address(folder), layer, SMALL).await.expect("it opens");
    Runs { registry }
}

async fn reopened(folder: &Path) -> Runs {
    on(&Disk::default(), folder, Limits::default()).await
}

fn failing() -> EventStream![Result<Event, std::io::Error>] {
    EventStream! {
        yield Event::data("1");
        Err(std::io::Error::other("no luck"))?;
    }
}

/// Starts a run with these events, which goes on.
async fn running(runs: &Runs, id: &str, events: &[&str]) -> (UnboundedSender<Event>, Run) {
    let (sender, stream) = fed();
    let run = runs.start(id, stream).await.expect("it starts");
    let mut join = run.join();
    for event in events {
        sender.send(Event::data(*event)).unwrap();
        let _ = next(&mut join).await.unwrap().unwrap();
    }
    (sender, run)
}

async fn finished(runs: &Runs, id: &str, events: &[&str]) -> Run {
    let (sender, run) = running(runs, id, events).await;
    drop(sender);
    run.ended().await;
    run
}

async fn found(runs: &Runs, id: &str) -> Run {
    runs.find(id).await.unwrap().unwrap_or_else(|| panic!("{id} is there"))
}

fn size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).unwrap();
    // One may be gone by the time that it is looked at.
    files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).sum()
}

#[tokio::test]
async fn what_ended_is_served_after_a_restart_and_what_was_running_is_lost() {
    let folder = TempDir::new().unwrap();
    let runs = reopened(folder.path()).await;
    finished(&runs, "finished", &["1", "2"]).await;
    let (_, run) = running(&runs, "stopped", &["1"]).await;
    assert!(run.stop().await.unwrap());
    runs.start("failed", failing()).await.unwrap().ended().await;
    let (sender, run) = running(&runs, "running", &["1", "2"]).await;
    let event = next(&mut run.join()).await.unwrap().unwrap();
    let last = LastEventId::new(event.fields().id.unwrap());
    // As if the process had been killed: nobody ends it.
    let copy = TempDir::new().unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    drop((sender, run, runs));

    for _ in 0..2 {
        let runs = reopened(copy.path()).await;
        let one = || vec!["1".to_owned()];
        let two = || vec!["1".to_owned(), "2".to_owned()];
        assert_eq!(read(found(&runs, "finished").await.join()).await, (two(), None));
        let stopped = read(found(&runs, "stopped").await.join()).await;
        assert_eq!(stopped, (one(), Some(RunState::Stopped)));
        let mut failed = found(&runs, "failed").await.join();
        let _ = next(&mut failed).await.unwrap().unwrap();
        assert_eq!(next(&mut failed).await.unwrap().unwrap_err().text(), Some("no luck"));
        let cut_off = found(&runs, "running").await;
        assert_eq!(cut_off.state(), RunState::Lost);
        let rest = read(cut_off.join().resume(last.clone())).await;
        assert_eq!(rest, (vec!["2".to_owned()], Some(RunState::Lost)), "its IDs are still known");
        assert_eq!((runs.stats().kept, runs.stats().running), (4, 0));
    }
    let runs = reopened(copy.path()).await;
    finished(&runs, "running", &["new"]).await;
    drop(runs);
    let runs = reopened(copy.path()).await;
    let replaced = read(found(&runs, "running").await.join().resume(last)).await;
    assert_eq!(replaced, (vec!["unknown".to_owned(), "new".to_owned()], None));
}

#[tokio::test]
async fn a_second_opener_is_told_which_folder_is_in_use_and_a_hub_needs_another() {
    let folder = TempDir::new().unwrap();
    let url = format!("file:{}", folder.path().display());
    let runs = Runs::connect(&url).await.unwrap();
    let error = Runs::connect(&url).await.unwrap_err().to_string();
    let error = error + &source(&Runs::connect(&url).await.unwrap_err());
    assert!(error.contains("in use") && error.contains(folder.path().to_str().unwrap()), "{error}");
    drop(runs);
    let runs = Runs::connect(&url).await.expect("it is free again");
    drop(runs);
    let error = source(&crate::hub::Hub::connect(&url).await.unwrap_err());
    assert!(error.contains("belongs to runs"), "{error}");
    for wrong in ["?sync=no", "?keep=1"] {
        let error = Runs::connect(&format!("{url}{wrong}")).await.unwrap_err();
        assert!(matches!(error, ConnectError::Address(_)), "{error}");
    }
    assert!(Runs::connect(&format!("{url}?sync=off")).await.is_ok());
}

fn source(error: &dyn std::error::Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn a_reader_sees_an_event_only_once_it_is_on_the_disk() {
    let (folder, disk) = (TempDir::new().unwrap(), Disk::default());
    let runs = on(&disk, folder.path(), Limits::default()).await;
    let (sender, run) = running(&runs, "a", &["1"]).await;
    let mut join = run.join();
    let _ = next(&mut join).await.unwrap().unwrap();
    disk.stand_still(true);
    sender.send(Event::data("2")).unwrap();
    let syncs = disk.calls(Call::Sync);
    while disk.calls(Call::Sync) == syncs {
        sleep(Duration::from_millis(1)).await;
    }
    assert!(join.next().now_or_never().is_none());
    disk.stand_still(false);
    assert_eq!(data(&next(&mut join).await.unwrap().unwrap()), "2");
    // What a reader has seen is there after a power failure.
    drop((sender, run, runs));
    disk.lose_power();
    let runs = on(&disk, folder.path(), Limits::default()).await;
    let (events, _) = read(found(&runs, "a").await.join()).await;
    assert_eq!(events, ["1", "2"]);
}

#[tokio::test]
async fn a_full_disk_holds_runs_up_until_it_has_room_and_nothing_is_half_done() {
    for call in [Call::Append, Call::Sync, Call::Create] {
        let (folder, disk) = (TempDir::new().unwrap(), Disk::default());
        let runs = on(&disk, folder.path(), Limits::default()).await;
        let (sender, run) = running(&runs, "a", &["1"]).await;
        let mut join = run.join();
        let _ = next(&mut join).await.unwrap().unwrap();
        disk.fail(call, ErrorKind::StorageFull);
        disk.leave_room(0);
        sender.send(Event::data("2")).unwrap();
        assert!(matches!(runs.start("b", fed().1).await, Err(StartError::Engine)));
        assert_eq!(run.stop().await, Err(RunsError::Engine));
        assert_eq!(run.state(), RunState::Running);
        assert!(runs.find("b").await.unwrap().is_none());
        disk.mend();
        assert_eq!(data(&next(&mut join).await.unwrap().unwrap()), "2", "{call:?}");
        drop(sender);
        assert!(next(&mut join).await.is_none());
        drop((run, runs, join));
        let runs = reopened(folder.path()).await;
        let kept = read(found(&runs, "a").await.join()).await;
        assert_eq!(kept, (vec!["1".to_owned(), "2".to_owned()], None));
        assert!(runs.find("b").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_run_that_takes_too_long_ends_even_on_a_full_disk() {
    let (folder, disk) = (TempDir::new().unwrap(), Disk::default());
    let limits = Limits { max_duration: Some(Duration::from_millis(50)), ..Limits::default() };
    let runs = on(&disk, folder.path(), limits).await;
    let (_sender, run) = running(&runs, "a", &["1"]).await;
    disk.leave_room(0);
    assert_eq!(timeout(DEADLINE, run.ended()).await, Ok(RunState::Failed));
}

#[tokio::test]
async fn the_space_of_runs_that_are_over_is_given_back_also_around_one_that_goes_on() {
    let folder = TempDir::new().unwrap();
    let limits = Limits { max_total_bytes: 20_000, ..Limits::default() };
    let runs = on(&Disk::default(), folder.path(), limits.clone()).await;
    let (sender, long) = running(&runs, "long", &["1", "2"]).await;
    for n in 0..300 {
        finished(&runs, &n.to_string(), &["some text that takes a little space"; 5]).await;
    }
    let size = size(folder.path());
    assert!(size < 20_000 + 5 * SMALL, "{size}");
    sender.send(Event::data("3")).unwrap();
    drop(sender);
    long.ended().await;
    let expected: Vec<_> = ["1", "2", "3"].map(str::to_owned).into();
    assert_eq!(read(long.join()).await, (expected.clone(), None));
    let kept = runs.stats().kept;
    drop((long, runs));
    let runs = on(&Disk::default(), folder.path(), limits).await;
    assert_eq!(read(found(&runs, "long").await.join()).await, (expected, None));
    assert!(runs.stats().kept.abs_diff(kept) < 5);
    assert_eq!(read(found(&runs, "299").await.join()).await.0.len(), 5);
}

#[tokio::test]
async fn the_time_to_keep_goes_on_while_no_process_runs_and_then_the_space_is_free() {
    let folder = TempDir::new().unwrap();
    let keep = Duration::from_millis(300);
    // Writing them may take longer than they are to be kept.
    let runs = on(&Disk::default(), folder.path(), Limits::default()).await;
    for n in 0..20 {
        finished(&runs, &n.to_string(), &[&"x".repeat(500)]).await;
    }
    assert!(size(folder.path()) > 3 * SMALL);
    drop(runs);
    let limits = Limits { keep, ..Limits::default() };
    let runs = on(&Disk::default(), folder.path(), limits.clone()).await;
    // Nobody does anything.
    let free = timeout(DEADLINE, async {
        while size(folder.path()) > 2 * SMALL {
            sleep(Duration::from_millis(5)).await;
        }
    });
    free.await.expect("its space is given back");
    finished(&runs, "last", &["1"]).await;
    drop(runs);
    sleep(keep).await;
    let runs = on(&Disk::default(), folder.path(), limits).await;
    assert!(runs.find("last").await.unwrap().is_none());
    assert_eq!((runs.stats().kept, runs.stats().bytes), (0, 0));
}

#[tokio::test]
async fn a_start_that_is_dropped_at_any_moment_holds_no_id_and_is_not_there_later() {
    for polls in 0..3 {
        let (folder, disk) = (TempDir::new().unwrap(), Disk::default());
        let runs = on(&disk, folder.path(), Limits::default()).await;
        let mut start = Box::pin(runs.start("a", fed().1));
        if polls > 0 {
            assert!(futures::poll!(&mut start).is_pending());
        }
        if polls > 1 {
            // It has begun, and nobody has been told yet.
            while runs.stats().running == 0 {
                sleep(Duration::from_millis(1)).await;
            }
        }
        drop(start);
        let free = timeout(DEADLINE, async { while runs.start("a", fed().1).await.is_err() {} });
        free.await.expect("its ID is free");
        runs.shutdown(Duration::ZERO).await;
        drop(runs);
        let runs = reopened(folder.path()).await;
        assert_eq!(runs.stats().kept, 1, "{polls}");
    }
}

#[test]
fn readers_of_a_runtime_that_is_gone_are_told_and_the_folder_is_free() {
    let folder = TempDir::new().unwrap();
    let here = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let there = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let join = there.block_on(async {
        let runs = reopened(folder.path()).await;
        let (sender, run) = running(&runs, "a", &["1"]).await;
        std::mem::forget(sender);
        run.join()
    });
    drop(there);
    here.block_on(async {
        assert_eq!(read(join).await, (vec!["1".to_owned()], Some(RunState::Lost)));
        let runs = reopened(folder.path()).await;
        assert_eq!(found(&runs, "a").await.state(), RunState::Lost);
    });
}

#[tokio::test]
async fn runs_that_yield_at_the_same_time_share_a_sync() {
    let (folder, disk) = (TempDir::new().unwrap(), Disk::default());
    let runs = on(&disk, folder.path(), Limits::default()).await;
    let mut feeds = Vec::new();
    for n in 0..100 {
        feeds.push(running(&runs, &n.to_string(), &[]).await);
    }
    disk.stand_still(true);
    for (sender, _) in &feeds {
        sender.send(Event::data("1")).unwrap();
    }
    let before = disk.calls(Call::Sync);
    // What waits for the first sync is written together after it.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    disk.stand_still(false);
    for (_, run) in &feeds {
        let _ = next(&mut run.join()).await.unwrap().unwrap();
    }
    let syncs = disk.calls(Call::Sync) - before;
    assert!(syncs < 20, "{syncs}");
}

#[tokio::test]
async fn a_bit_that_was_flipped_is_an_error_that_names_the_file() {
    let folder = TempDir::new().unwrap();
    let runs = reopened(folder.path()).await;
    finished(&runs, "a", &["1", "2"]).await;
    drop(runs);
    drop(reopened(folder.path()).await);
    let file = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "log"))
        .unwrap();
    let whole = fs::read(&file).unwrap();
    for bit in (0..whole.len() * 8).step_by(37) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, bytes).unwrap();
        let builder: RunsBuilder = Runs::builder();
        let error = builder.connect(&format!("file:{}", folder.path().display())).await;
        let error = error.expect_err("it is damaged");
        let names_it = source(&error).contains(file.to_str().unwrap());
        assert!(names_it || matches!(error, ConnectError::Format(_)), "bit {bit}: {error:?}");
    }
}
