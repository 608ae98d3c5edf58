//! Arbitrary events, with arbitrary waits between them, which a client reads in arbitrary pieces.

use std::time::Duration;

use crate::arbitrary::Parts;
use futures::StreamExt as _;
use sse_runtime::EventStream;
use tokio::time::sleep;

use crate::choices::Choices;

const PIECES: [&str; 20] = [
    "a",
    "\n",
    "\r",
    "\r\n",
    " ",
    ":",
    "\0",
    "data",
    "data: ",
    "id: x",
    "event: x",
    "retry: 1",
    "\u{FEFF}",
    "\u{2028}",
    "\u{85}",
    "\u{B}",
    "é",
    "🚀",
    "{\"a\":1}",
    "\\n",
];

/// More chunks than any script produces.
const MANY_CHUNKS: usize = 20_000;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Send(Parts),
    Wait(Duration),
}

/// The script that the bytes stand for.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    /// The lengths of the pieces, repeated as needed.
    pub(crate) cuts: Vec<usize>,
}

impl Script {
    pub(crate) fn new(choices: &mut Choices<'_>) -> Self {
        let cuts = (0..=choices.below(8)).map(|_| 1 + choices.below(40)).collect();
        let mut steps = Vec::new();
        while !choices.is_empty() {
            steps.push(step(choices));
        }
        Self { steps, cuts }
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Parts> {
        self.steps.iter().filter_map(|step| match step {
            Step::Send(parts) => Some(parts),
            Step::Wait(_) => None,
        })
    }

    /// Returns the body's chunks, with heartbeats in long waits.
    pub(crate) async fn chunks(&self) -> Vec<Vec<u8>> {
        let steps = self.steps.clone();
        let stream = EventStream!({
            for step in steps {
                match step {
                    Step::Send(parts) => yield parts.build(),
                    Step::Wait(time) => sleep(time).await,
                }
            }
        });
        let chunks = stream.heartbeat(Duration::from_secs(1)).into_bytes().take(MANY_CHUNKS);
        let chunks = chunks.map(|chunk| chunk.expect("nothing fails").to_vec());
        let chunks: Vec<_> = chunks.collect().await;
        assert!(chunks.len() < MANY_CHUNKS, "the body never ends");
        chunks
    }

    /// Returns the bytes in pieces.
    pub(crate) fn cut<'a>(&'a self, mut bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.cuts.iter().cycle().map_while(move |&length| {
            let (piece, rest) = bytes.split_at(length.min(bytes.len()));
            bytes = rest;
            (!piece.is_empty()).then_some(piece)
        })
    }
}

fn step(choices: &mut Choices<'_>) -> Step {
    match choices.byte() {
        wait @ 0..64 => Step::Wait(Duration::from_millis(u64::from(wait) * 50)),
        fields => Step::Send(parts(fields, choices)),
    }
}

/// Makes an event, which has data unless it can be built from something else.
fn parts(fields: u8, choices: &mut Choices<'_>) -> Parts {
    let has = |bit: u8| fields & (1 << bit) != 0;
    let comment = has(0).then(|| text(choices));
    let retry = has(1).then(|| Duration::from_micros(choices.below(1 << 16) as u64));
    let id = has(2).then(|| text(choices));
    let event = has(3).then(|| text(choices));
    let has_data = has(4) || (comment.is_none() && retry.is_none());
    Parts { comment, retry, id, event, data: has_data.then(|| text(choices)) }
}

fn text(choices: &mut Choices<'_>) -> String {
    (0..choices.below(8)).map(|_| piece(choices)).collect()
}

fn piece(choices: &mut Choices<'_>) -> String {
    match choices.byte() {
        // Many of these exceed the buffer of a body.
        long @ 240.. => "x".repeat(usize::from(long - 239) * 200),
        any @ 200..240 => char::from(any).to_string(),
        _ => choices.one_of(&PIECES).to_owned(),
    }
}
