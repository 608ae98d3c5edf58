//! A client's parser, written from the algorithm of
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>,
//! as of November 2026, with no regard to speed.

/// An event as the standard dispatches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatched {
    pub event: String,
    pub data: String,
    pub last_event_id: String,
}

/// Takes bytes in pieces of any size.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    unread: Vec<u8>,
    started: bool,
    after_cr: bool,
    data: String,
    event: String,
    id: String,
    pub last_event_id: String,
    /// In milliseconds.
    pub reconnection_time: Option<u64>,
    pub dispatched: Vec<Dispatched>,
}

impl Parser {
    /// Parses a whole stream.
    #[must_use]
    pub fn read(stream: &[u8]) -> Self {
        let mut parser = Self::default();
        parser.feed(stream);
        parser
    }

    pub fn feed(&mut self, piece: &[u8]) {
        self.unread.extend_from_slice(piece);
        if !self.started {
            if self.unread.len() < 3 && "\u{FEFF}".as_bytes().starts_with(&self.unread) {
                return;
            }
            if self.unread.starts_with("\u{FEFF}".as_bytes()) {
                self.unread.drain(..3);
            }
            self.started = true;
        }
        while let Some(line) = self.next_line() {
            self.line(&line);
        }
    }

    /// Whether the end of the stream would drop something of an event.
    #[must_use]
    pub fn is_within_event(&self) -> bool {
        let is_field = |byte: &u8| *byte != b':' && !(self.after_cr && *byte == b'\n');
        self.unread.first().is_some_and(is_field)
            || !self.data.is_empty()
            || !self.event.is_empty()
            || self.id != self.last_event_id
    }

    /// What a blank line at the end of the stream would dispatch, with the last event ID as it is. Of a
    /// line that has no end, only data counts.
    #[must_use]
    pub fn unfinished(&self) -> Option<Dispatched> {
        let mut parser = self.clone();
        let line = String::from_utf8_lossy(&self.unread);
        if line.starts_with("data:") {
            parser.line(&line);
        }
        parser.id.clone_from(&self.last_event_id);
        parser.dispatch();
        parser.dispatched.drain(self.dispatched.len()..).next()
    }

    fn next_line(&mut self) -> Option<String> {
        if self.after_cr && self.unread.first() == Some(&b'\n') {
            self.unread.remove(0);
        }
        self.after_cr &= self.unread.is_empty();
        let end = self.unread.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
        self.after_cr = self.unread[end] == b'\r';
        let line = self.unread.drain(..=end).take(end).collect::<Vec<_>>();
        Some(String::from_utf8_lossy(&line).into_owned())
    }

    fn line(&mut self, line: &str) {
        match line.split_once(':') {
            _ if line.is_empty() => self.dispatch(),
            Some(("", _comment)) => {}
            Some((field, value)) => self.field(field, value.strip_prefix(' ').unwrap_or(value)),
            None => self.field(line, ""),
        }
    }

    fn field(&mut self, field: &str, value: &str) {
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.reconnection_time = Some(value.parse().unwrap_or(u64::MAX));
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        self.last_event_id.clone_from(&self.id);
        let event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return;
        }
        data.pop();
        let event = if event.is_empty() { "message".to_owned() } else { event };
        self.dispatched.push(Dispatched { event, data, last_event_id: self.last_event_id.clone() });
    }
}
