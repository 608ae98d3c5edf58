//! What happens to runs as records of the store.
//!
//! | | bytes |
//! |---|---|
//! | what it is: 1 begins a run, 2 is an event, 3 an end, 4 withdraws a run | 1 |
//! | which run | 8 |
//! | of a beginning: the sequence before the first event that is kept, the seal, the ID | 8, 16, any |
//! | of an event: its sequence and its fields | 8, any |
//! | of an end: when, in milliseconds since 1970; the state, and what went wrong | 8, 1, any |
//!
//! Reading a record a second time changes nothing. So a run can be copied from an old segment to the newest one while
//! it goes on.

use sse_runtime::Event;

use crate::fields::{self, Rest};
use crate::runs::RunState;
use crate::runs::seal::Seal;
use crate::runs::state::End;

const BEGIN: u8 = 1;
const EVENT: u8 = 2;
const END: u8 = 3;
const WITHDRAW: u8 = 4;

pub(super) enum Entry<'a> {
    Begin { after: u64, seal: Seal, id: &'a str },
    Event { sequence: u64, event: Event },
    End { time: u64, end: End },
    Withdraw,
}

/// The states of runs that have ended. Their numbers are their places here, from 1.
const ENDS: [RunState; 4] =
    [RunState::Finished, RunState::Failed, RunState::Stopped, RunState::Lost];

pub(super) fn write_begin(bytes: &mut Vec<u8>, after: u64, seal: Seal, id: &str) {
    write_head(bytes, BEGIN, seal);
    bytes.extend(after.to_le_bytes());
    bytes.extend(seal.to_bytes());
    bytes.extend(id.as_bytes());
}

pub(super) fn write_event(bytes: &mut Vec<u8>, run: Seal, sequence: u64, event: &Event) {
    write_head(bytes, EVENT, run);
    bytes.extend(sequence.to_le_bytes());
    fields::write(bytes, event);
}

pub(super) fn write_end(bytes: &mut Vec<u8>, run: Seal, time: u64, end: &End) {
    write_head(bytes, END, run);
    bytes.extend(time.to_le_bytes());
    let state = ENDS.into_iter().zip(1..).find(|(state, _)| *state == end.state);
    bytes.push(state.map_or(0, |(_, number)| number));
    bytes.extend(end.text.as_deref().unwrap_or_default().as_bytes());
}

pub(super) fn write_withdrawal(bytes: &mut Vec<u8>, run: Seal) {
    write_head(bytes, WITHDRAW, run);
}

fn write_head(bytes: &mut Vec<u8>, what: u8, seal: Seal) {
    bytes.push(what);
    bytes.extend(seal.run().to_le_bytes());
}

/// Reads a record: the number of its run, and what happens to that run.
pub(super) fn read(bytes: &[u8]) -> Option<(u64, Entry<'_>)> {
    let mut rest = Rest(bytes);
    let [what] = rest.array()?;
    let run = rest.number()?;
    let entry = match what {
        BEGIN => {
            let (after, seal) = (rest.number()?, Seal::from_bytes(rest.array()?));
            Entry::Begin { after, seal, id: rest.text(rest.0.len())? }
        }
        EVENT => Entry::Event { sequence: rest.number()?, event: fields::read(rest)? },
        END => {
            let time = rest.number()?;
            let [state] = rest.array()?;
            let state = *ENDS.get(usize::from(state).checked_sub(1)?)?;
            let text = rest.text(rest.0.len())?;
            let text = (state == RunState::Failed).then(|| text.into());
            Entry::End { time, end: End { state, text } }
        }
        WITHDRAW if rest.0.is_empty() => Entry::Withdraw,
        _ => return None,
    };
    Some((run, entry))
}
