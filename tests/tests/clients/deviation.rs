//! How clients deviate from the standard. The tests expect each deviation, so that they notice when a
//! client changes.

use tests::servers::script::Read;

pub(crate) struct Deviation {
    /// What becomes of an event, and why, in the words of the page about clients.
    pub(crate) what: &'static str,
    pub(crate) apply: fn(&mut Vec<Read>),
}

fn each_data(events: &mut [Read], change: impl Fn(&str) -> String) {
    for (_, data, _) in events {
        *data = change(data);
    }
}

fn each_line(data: &str, change: impl Fn(&str) -> &str) -> String {
    data.split('\n').map(change).collect::<Vec<_>>().join("\n")
}

pub(crate) const IDS_NOT_KEPT: Deviation = Deviation {
    what: "reports an ID only with the event that sets it, as if it belonged to that event alone",
    apply: |events| {
        let mut last = String::new();
        for (_, _, id) in events {
            let was = std::mem::replace(&mut last, id.clone());
            if *id == was {
                id.clear();
            }
        }
    },
};

pub(crate) const SPACES_FIRST: Deviation = Deviation {
    what: "strips all spaces at the beginning of a line, not only the first",
    apply: |events| {
        each_data(events, |data| each_line(data, |line| line.trim_start_matches(' ')));
    },
};

pub(crate) const TRAILING_LINES: Deviation = Deviation {
    what: "strips all line feeds at the end of the data, not only the last",
    apply: |events| each_data(events, |data| data.trim_end_matches('\n').to_owned()),
};

pub(crate) const LONG_LINE: Deviation = Deviation {
    what: "fails at a line of 1 MiB, which is longer than its HTTP client allows by default",
    apply: |events| {
        let long = events.iter().position(|(_, data, _)| data.len() >= 1 << 20);
        events.truncate(long.expect("a long line"));
    },
};

pub(crate) const EMPTY_LINES_FIRST: Deviation = Deviation {
    what: "drops empty lines at the beginning of the data: it treats empty data as absent",
    apply: |events| each_data(events, |data| data.trim_start_matches('\n').to_owned()),
};

pub(crate) const MARK: Deviation = Deviation {
    what: "drops U+FEFF at the beginning of a line: it decodes each line separately",
    apply: |events| {
        each_data(events, |data| each_line(data, |line| line.trim_start_matches('\u{FEFF}')));
    },
};
