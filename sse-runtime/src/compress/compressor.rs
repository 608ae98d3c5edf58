//! The step of a body that compresses each chunk and flushes it.

use std::io;

use super::{Compression, Encoder};

pub(crate) enum Compressor {
    /// Before the first chunk, without the memory of an encoder.
    Idle(Compression),
    Running(Box<Encoder>),
}

impl Compressor {
    /// `None` if chunks stay as they are.
    pub(crate) fn new(compression: Compression) -> Option<Self> {
        (compression != Compression::none()).then_some(Self::Idle(compression))
    }

    /// Compresses these pieces. Returns the compressor for the next ones too, unless these are the last.
    ///
    /// # Errors
    ///
    /// If there is no memory for it.
    pub(crate) fn compress(
        self,
        pieces: [&[u8]; 2],
        is_last: bool,
    ) -> io::Result<(Vec<u8>, Option<Self>)> {
        let mut encoder = match self {
            Self::Idle(compression) => Box::new(Encoder::new(compression)?),
            Self::Running(encoder) => encoder,
        };
        let mut bytes = Vec::new();
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            encoder.encode(piece, &mut bytes)?;
        }
        let next = if is_last {
            encoder.finish(&mut bytes)?;
            None
        } else {
            Some(Self::Running(encoder))
        };
        // Queues would keep the unused room.
        bytes.shrink_to_fit();
        Ok((bytes, next))
    }
}
