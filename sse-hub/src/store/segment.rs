//! The format of a segment: a head, then records.
//!
//! | head | bytes |
//! |---|---|
//! | `sse-log` or `sse-run`, and a line feed | 8 |
//! | version, and the length of the notes | 4, 4 |
//! | the log's ID, and the number of the first record | 8, 8 |
//! | CRC-32 of all this | 4 |
//! | notes, and their CRC-32 | any, 4 |
//!
//! | record | bytes |
//! |---|---|
//! | length of the payload | 4 |
//! | CRC-32 of the log's ID, the record's number, and that length | 4 |
//! | payload, and its CRC-32 | any, 4 |
//! | a line feed | 1 |
//!
//! Numbers are little-endian. Since a length has a checksum of its own, a flipped bit in it is not
//! taken for a record that was cut off. Since a record doesn't end with a zero, zeros that a file
//! system leaves at the end of a file after a power failure are not taken for one.

use std::path::Path;

use super::StoreError;

/// What a log is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Contents {
    Hub,
    Runs,
}

impl Contents {
    /// Returns the bytes with which its segments begin.
    fn magic(self) -> [u8; 8] {
        match self {
            Self::Hub => *b"sse-log\n",
            Self::Runs => *b"sse-run\n",
        }
    }

    fn other(self) -> (Self, &'static str) {
        match self {
            Self::Hub => (Self::Runs, "the folder belongs to runs, and a hub needs one of its own"),
            Self::Runs => {
                (Self::Hub, "the folder belongs to a hub, and runs need one of their own")
            }
        }
    }
}

const VERSION: u32 = 1;
const HEAD: usize = 36;
const RECORD_HEAD: usize = 8;
const CHECK: usize = 4;
const MARK: u8 = b'\n';

/// The head of a segment.
pub(super) struct Head<'a> {
    pub(super) id: u64,
    pub(super) first: u64,
    pub(super) notes: &'a [u8],
    /// Where the records begin.
    pub(super) end: usize,
}

pub(super) fn write_head(contents: Contents, id: u64, first: u64, notes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(notes.len()).expect("notes of less than 4 GiB");
    let mut bytes = Vec::with_capacity(HEAD + notes.len() + CHECK);
    bytes.extend(contents.magic());
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(len.to_le_bytes());
    bytes.extend(id.to_le_bytes());
    bytes.extend(first.to_le_bytes());
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes.extend(notes);
    bytes.extend(crc32fast::hash(notes).to_le_bytes());
    bytes
}

pub(super) fn read_head<'a>(
    contents: Contents,
    file: &Path,
    bytes: &'a [u8],
) -> Result<Head<'a>, StoreError> {
    let damaged = |what| StoreError::Damaged { file: file.to_owned(), at: 0, what };
    let (other, what) = contents.other();
    if bytes.starts_with(&other.magic()) {
        return Err(StoreError::OtherKind { file: file.to_owned(), what });
    }
    if !bytes.starts_with(&contents.magic()) {
        return Err(damaged("it doesn't begin as a segment does"));
    }
    match number(bytes, 8).ok_or_else(|| damaged("its head is incomplete"))? {
        VERSION => {}
        0 => return Err(damaged("it has no version")),
        version => return Err(StoreError::Newer { file: file.to_owned(), version }),
    }
    head(bytes).map_err(damaged)
}

fn head(bytes: &[u8]) -> Result<Head<'_>, &'static str> {
    const INCOMPLETE: &str = "its head is incomplete";
    const WRONG: &str = "the checksum of its head is wrong";
    let check = number(bytes, HEAD - CHECK).ok_or(INCOMPLETE)?;
    if check != crc32fast::hash(&bytes[..HEAD - CHECK]) {
        return Err(WRONG);
    }
    let len = number(bytes, 12).ok_or(INCOMPLETE)? as usize;
    let (id, first) = (long(bytes, 16).ok_or(INCOMPLETE)?, long(bytes, 24).ok_or(INCOMPLETE)?);
    let notes = bytes.get(HEAD..HEAD + len).ok_or(INCOMPLETE)?;
    let check = number(bytes, HEAD + len).ok_or(INCOMPLETE)?;
    if check != crc32fast::hash(notes) {
        return Err(WRONG);
    }
    Ok(Head { id, first, notes, end: HEAD + len + CHECK })
}

/// Appends a record whose payload `write` appends.
pub(super) fn write_record(
    bytes: &mut Vec<u8>,
    id: u64,
    number: u64,
    write: impl FnOnce(&mut Vec<u8>),
) {
    let begin = bytes.len();
    bytes.extend([0; RECORD_HEAD]);
    write(bytes);
    let payload = &bytes[begin + RECORD_HEAD..];
    let len = u32::try_from(payload.len()).expect("a record of less than 4 GiB");
    let check = crc32fast::hash(payload);
    bytes[begin..begin + 4].copy_from_slice(&len.to_le_bytes());
    bytes[begin + 4..begin + 8].copy_from_slice(&head_check(id, number, len).to_le_bytes());
    bytes.extend(check.to_le_bytes());
    bytes.push(MARK);
}

/// What comes next in a segment.
#[derive(Debug, PartialEq)]
pub(super) enum Next<'a> {
    /// A record, which takes this many bytes.
    Record(&'a [u8], usize),
    End,
    /// The file ends before the record does.
    Incomplete,
    Damaged(&'static str),
}

pub(super) fn read_record(bytes: &[u8], id: u64, number: u64) -> Next<'_> {
    if bytes.is_empty() {
        return Next::End;
    }
    let (Some(len), Some(check)) = (self::number(bytes, 0), self::number(bytes, 4)) else {
        return Next::Incomplete;
    };
    if check != head_check(id, number, len) {
        return Next::Damaged("the checksum of a record's length is wrong");
    }
    let end = RECORD_HEAD + len as usize;
    let (Some(payload), Some(check)) = (bytes.get(RECORD_HEAD..end), self::number(bytes, end))
    else {
        return Next::Incomplete;
    };
    match bytes.get(end + CHECK) {
        None => Next::Incomplete,
        Some(&MARK) if check == crc32fast::hash(payload) => Next::Record(payload, end + CHECK + 1),
        Some(_) => Next::Damaged("the checksum of a record is wrong"),
    }
}

/// Cuts off zeros at the end, but nothing of the first `after` bytes.
pub(super) fn trim(bytes: &[u8], after: usize) -> &[u8] {
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    &bytes[..end.max(after)]
}

fn head_check(id: u64, number: u64, len: u32) -> u32 {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&id.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    bytes[16..].copy_from_slice(&len.to_le_bytes());
    crc32fast::hash(&bytes)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + 8)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}
