//! What a log is after its disk, its process or its power has failed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::faulty::{Call, Disk};
use super::*;

const SYNC: Options =
    Options { contents: Contents::Hub, segment_bytes: 150, sync: true, new_id: 7 };
const NO_SYNC: Options = Options { sync: false, ..SYNC };

/// What is in a log.
#[derive(Debug, Default, PartialEq)]
struct Content {
    id: u64,
    before: u64,
    notes: Vec<u8>,
    records: Vec<String>,
}

fn open(folder: &Path, options: &Options, disk: &Disk) -> Result<(Store, Content), StoreError> {
    let mut content = Content::default();
    let store = Store::open(folder, options, Box::new(disk.clone()), |item| {
        match item {
            Item::Begin { id, before, notes } => {
                (content.id, content.before, content.notes) = (id, before, notes.to_vec());
            }
            Item::Record { number, payload } => {
                assert_eq!(number, content.before + content.records.len() as u64 + 1);
                content.records.push(String::from_utf8(payload.to_vec()).ok()?);
            }
        }
        Some(())
    })?;
    Ok((store, content))
}

fn content(folder: &Path) -> Content {
    open(folder, &SYNC, &Disk::default()).unwrap().1
}

fn error(folder: &Path) -> String {
    open(folder, &SYNC, &Disk::default()).err().expect("an error").to_string()
}

/// Commits these together, in a new segment if it has to be.
fn commit(store: &mut Store, records: &[&str]) -> Result<(), CommitError> {
    if store.is_full() {
        let notes = format!("up to {}", store.last());
        let began = store.begin_segment(notes.as_bytes());
        began.map_err(|error| CommitError::Refused(io::Error::other(error)))?;
    }
    for record in records {
        store.push(|bytes| bytes.extend(record.as_bytes()));
    }
    store.commit()
}

/// Creates a folder with a log of these records, each of which is a commit.
fn log_of(records: impl IntoIterator<Item = usize>) -> (TempDir, Disk) {
    let (folder, disk) = (TempDir::new().unwrap(), Disk::default());
    let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
    for record in records {
        commit(&mut store, &[&record.to_string()]).unwrap();
    }
    (folder, disk)
}

fn numbers(records: impl IntoIterator<Item = usize>) -> Vec<String> {
    records.into_iter().map(|record| record.to_string()).collect()
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|ext| ext == "log")).collect();
    segments.sort();
    segments
}

#[test]
fn what_was_committed_is_read_back_in_order_and_goes_on_from_there() {
    let (folder, disk) = log_of(1..=30);
    assert!(segments(folder.path()).len() > 2);
    let (mut store, found) = open(folder.path(), &SYNC, &disk).unwrap();
    assert_eq!(found, Content { id: 7, records: numbers(1..=30), ..Content::default() });
    commit(&mut store, &["31", "32"]).unwrap();
    drop(store);
    assert_eq!(content(folder.path()).records, numbers(1..=32));
}

#[test]
fn what_was_not_committed_is_not_there() {
    let (folder, disk) = log_of(1..=2);
    let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
    store.push(|bytes| bytes.extend(b"3"));
    drop(store);
    assert_eq!(content(folder.path()).records, numbers(1..=2));
}

#[test]
fn evicted_segments_give_their_space_back_and_leave_their_notes() {
    let (folder, disk) = log_of(1..=60);
    let before = segments(folder.path()).len();
    let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
    store.evict(50).unwrap();
    drop(store);
    assert!(segments(folder.path()).len() < before / 2);
    let found = content(folder.path());
    assert!(found.before <= 50 && found.before > 40, "{}", found.before);
    assert_eq!(found.notes, format!("up to {}", found.before).into_bytes());
    assert_eq!(found.records.last().unwrap(), "60");
}

#[test]
fn the_newest_segment_stays_when_all_is_evicted_so_that_numbers_go_on() {
    let (folder, disk) = log_of(1..=60);
    let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
    store.evict(u64::MAX).unwrap();
    drop(store);
    assert_eq!(segments(folder.path()).len(), 1);
    assert_eq!(open(folder.path(), &SYNC, &disk).unwrap().0.last(), 60);
}

#[test]
fn a_second_opener_is_told_which_folder_is_in_use_until_the_first_is_gone() {
    let (folder, disk) = log_of(1..=1);
    let first = open(folder.path(), &SYNC, &disk).unwrap();
    let error = error(folder.path());
    assert!(error.contains(folder.path().to_str().unwrap()) && error.contains("in use"), "{error}");
    drop(first);
    open(folder.path(), &SYNC, &disk).unwrap();
}

#[test]
fn an_end_that_was_cut_off_anywhere_leaves_what_came_before() {
    let (folder, _) = log_of(1..=3);
    let [segment] = &segments(folder.path())[..] else { panic!("one segment") };
    let whole = fs::read(segment).unwrap();
    let two = whole.len() - 14;
    for len in two..whole.len() {
        for zeros in [0, 1, 4096] {
            let mut bytes = whole[..len].to_vec();
            bytes.extend(vec![0; zeros]);
            fs::write(segment, bytes).unwrap();
            assert_eq!(content(folder.path()).records, numbers(1..=2), "{len} {zeros}");
            let (mut store, _) = open(folder.path(), &SYNC, &Disk::default()).unwrap();
            commit(&mut store, &["3"]).unwrap();
            drop(store);
            assert_eq!(content(folder.path()).records, numbers(1..=3));
        }
    }
}

#[test]
fn a_file_that_ends_before_the_next_begins_is_an_error_that_names_it() {
    let (folder, _) = log_of(1..=30);
    let first = &segments(folder.path())[0];
    let bytes = fs::read(first).unwrap();
    fs::write(first, &bytes[..bytes.len() - 1]).unwrap();
    let error = error(folder.path());
    assert!(error.contains(first.to_str().unwrap()), "{error}");
}

#[test]
fn a_file_that_is_missing_is_an_error_that_names_the_one_before() {
    let (folder, _) = log_of(1..=60);
    let segments = segments(folder.path());
    fs::remove_file(&segments[1]).unwrap();
    let error = error(folder.path());
    assert!(error.contains(segments[0].to_str().unwrap()), "{error}");
}

#[test]
fn a_flipped_bit_anywhere_is_an_error_that_names_the_file() {
    let (folder, _) = log_of(1..=12);
    for segment in segments(folder.path()) {
        let whole = fs::read(&segment).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            fs::write(&segment, bytes).unwrap();
            let error = error(folder.path());
            assert!(error.contains(segment.to_str().unwrap()), "bit {bit}: {error}");
        }
        fs::write(&segment, whole).unwrap();
    }
    assert_eq!(content(folder.path()).records, numbers(1..=12));
}

#[test]
fn a_later_format_is_an_error_that_says_so() {
    let (folder, _) = log_of(1..=1);
    let segment = &segments(folder.path())[0];
    let mut bytes = fs::read(segment).unwrap();
    bytes[8] = 2;
    fs::write(segment, bytes).unwrap();
    assert!(error(folder.path()).contains("later version of sse-hub, in format 2"));
}

#[test]
fn a_folder_that_can_not_be_used_is_an_error_that_names_it() {
    let (root, disk) = (TempDir::new().unwrap(), Disk::default());
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(error(&file).contains("file: not a folder"));
    assert!(error(&root.path().join("no/folder")).contains("no/folder: could not create"));
    let folder = root.path().join("log");
    for kind in [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem] {
        disk.fail(Call::Lock, kind);
        let error = open(&folder, &SYNC, &disk).err().unwrap().to_string();
        assert!(error.contains("log/lock: could not lock: "), "{error}");
        disk.mend();
    }
}

#[test]
fn whatever_fails_while_a_log_is_opened_is_an_error_that_names_the_place() {
    let (folder, _) = log_of(1..=30);
    for call in [Call::Lock, Call::Names, Call::Read, Call::Open, Call::Truncate, Call::Sync] {
        let disk = Disk::default();
        disk.fail(call, ErrorKind::TimedOut);
        let error = open(folder.path(), &SYNC, &disk).err().expect("an error").to_string();
        assert!(error.contains(folder.path().to_str().unwrap()), "{call:?}: {error}");
    }
    assert_eq!(content(folder.path()).records, numbers(1..=30));
}

#[test]
fn a_write_or_a_sync_that_fails_writes_nothing_and_the_log_goes_on() {
    for call in [Call::Append, Call::Sync] {
        let (folder, disk) = log_of(1..=2);
        let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
        disk.fail_once(call, ErrorKind::StorageFull);
        let refused = commit(&mut store, &["lost"]).unwrap_err();
        assert!(matches!(refused, CommitError::Refused(_)), "{call:?}: {refused:?}");
        disk.lose_power();
        commit(&mut store, &["3"]).unwrap();
        disk.lose_power();
        drop(store);
        assert_eq!(content(folder.path()).records, numbers(1..=3), "{call:?}");
    }
}

#[test]
fn nothing_more_is_written_to_a_file_whose_sync_has_failed() {
    let (folder, disk) = log_of(1..=2);
    let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
    disk.fail_once(Call::Sync, ErrorKind::Other);
    commit(&mut store, &["lost"]).unwrap_err();
    let before = fs::metadata(&segments(folder.path())[0]).unwrap().len();
    commit(&mut store, &["3"]).unwrap();
    let segments = segments(folder.path());
    assert_eq!(segments.len(), 2);
    assert_eq!(fs::metadata(&segments[0]).unwrap().len(), before);
}

#[test]
fn what_could_not_be_taken_back_is_unknown_and_its_number_goes_to_the_next() {
    let (folder, disk) = log_of(1..=2);
    let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
    disk.fail(Call::Sync, ErrorKind::Other);
    disk.fail(Call::Truncate, ErrorKind::Other);
    let unknown = commit(&mut store, &["may be there"]).unwrap_err();
    assert!(matches!(unknown, CommitError::Unknown(_)), "{unknown:?}");
    assert_eq!(store.last(), 2);
    // As long as no segment can begin, nothing is.
    disk.fail(Call::Create, ErrorKind::Other);
    commit(&mut store, &["refused"]).unwrap_err();
    disk.mend();
    commit(&mut store, &["3"]).unwrap();
    drop(store);
    assert_eq!(content(folder.path()).records, numbers(1..=3));
}

#[test]
fn a_full_disk_refuses_until_it_has_room_again() {
    let (folder, disk) = log_of(1..=2);
    let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
    for room in (0..200).step_by(7) {
        disk.leave_room(room);
        while commit(&mut store, &["it fits"]).is_ok() {}
        assert!(matches!(commit(&mut store, &["x"]), Err(CommitError::Refused(_))));
        disk.mend();
        commit(&mut store, &["later"]).unwrap();
    }
    let last = store.last();
    drop(store);
    let found = content(folder.path());
    assert_eq!(found.before + found.records.len() as u64, last);
    assert!(!found.records.contains(&"x".to_owned()));
}

#[test]
fn a_segment_that_could_not_begin_leaves_the_log_as_it_was() {
    for call in [Call::Create, Call::Append, Call::Rename, Call::SyncFolder, Call::Open] {
        let (folder, disk) = log_of(1..=2);
        let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
        disk.fail(call, ErrorKind::StorageFull);
        store.begin_segment(b"notes").unwrap_err();
        disk.mend();
        store.push(|bytes| bytes.extend(b"to a segment that may not be the last"));
        store.commit().unwrap_err();
        drop(store);
        assert_eq!(content(folder.path()).records, numbers(1..=2), "{call:?}");
        let (mut store, _) = open(folder.path(), &SYNC, &disk).unwrap();
        store.begin_segment(b"notes").unwrap();
        commit(&mut store, &["3"]).unwrap();
        drop(store);
        assert_eq!(content(folder.path()).records, numbers(1..=3), "{call:?}");
    }
}

#[test]
fn what_was_confirmed_is_there_after_a_power_failure() {
    let (folder, disk) = log_of(1..=60);
    disk.lose_power();
    assert_eq!(content(folder.path()).records, numbers(1..=60));
}

#[test]
fn without_syncs_a_log_survives_its_process_and_begins_anew_after_a_power_failure() {
    let (folder, disk) = log_of(1..=3);
    let unsynced = Options { new_id: 8, ..NO_SYNC };
    let (mut store, _) = open(folder.path(), &unsynced, &disk).unwrap();
    let syncs = disk.calls(Call::Sync);
    commit(&mut store, &["4"]).unwrap();
    assert_eq!(disk.calls(Call::Sync), syncs);
    drop(store);
    let (store, found) = open(folder.path(), &unsynced, &disk).unwrap();
    assert_eq!((found.id, found.records), (7, numbers(1..=4)));
    drop(store);
    disk.lose_power();
    let (_, found) = open(folder.path(), &unsynced, &disk).unwrap();
    assert_eq!(found, Content { id: 8, ..Content::default() });
}

#[test]
fn a_log_without_syncs_survives_a_start_that_ended_anywhere() {
    for call in [Call::Create, Call::Append, Call::Sync, Call::Rename, Call::SyncFolder] {
        let (folder, disk) = log_of(1..=3);
        let unsynced = Options { new_id: 8, ..NO_SYNC };
        drop(open(folder.path(), &unsynced, &disk).unwrap());
        // Nothing else is created at another start.
        disk.fail(call, ErrorKind::Interrupted);
        assert!(open(folder.path(), &unsynced, &disk).is_err(), "{call:?}");
        disk.mend();
        let (_, found) = open(folder.path(), &unsynced, &disk).unwrap();
        assert_eq!((found.id, found.records), (7, numbers(1..=3)), "{call:?}");
    }
}

#[test]
fn a_log_without_syncs_that_was_closed_survives_a_power_failure() {
    let (folder, disk) = log_of(1..=3);
    let (mut store, _) = open(folder.path(), &NO_SYNC, &disk).unwrap();
    commit(&mut store, &["4"]).unwrap();
    store.close().unwrap();
    disk.lose_power();
    let (_, found) = open(folder.path(), &Options { new_id: 8, ..SYNC }, &disk).unwrap();
    assert_eq!((found.id, found.records), (7, numbers(1..=4)));
}

#[test]
fn a_log_without_syncs_begins_anew_after_one_has_failed_at_last() {
    let (folder, disk) = log_of(1..=3);
    let (mut store, _) = open(folder.path(), &NO_SYNC, &disk).unwrap();
    commit(&mut store, &["4"]).unwrap();
    disk.fail(Call::Sync, ErrorKind::Other);
    store.begin_segment(b"").unwrap_err();
    disk.mend();
    // The system says that all is well again.
    store.begin_segment(b"").unwrap();
    store.close().unwrap();
    let (_, found) = open(folder.path(), &Options { new_id: 8, ..SYNC }, &disk).unwrap();
    assert_eq!(found, Content { id: 8, ..Content::default() });
}
