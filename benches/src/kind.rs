//! The events that are sent.

use std::sync::LazyLock;

/// 16 lines, 1 KiB in all.
static PAGE: LazyLock<String> = LazyLock::new(|| {
    let line = "0123456789abcdef".repeat(4);
    let lines = vec![&line[..63]; 16];
    lines.join("\n") + "."
});

const TOKEN: &str = concat!(
    "the quick brown fox jumps over the lazy ",
    "dog, and then it sleeps until the autumn",
);

/// A kind of event, of which bursts are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ping,
    Token,
    Page,
    Named,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Ping, Self::Token, Self::Page, Self::Named];
    pub const ID: &str = "42";
    pub const NAME: &str = "tick";

    pub fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Token => "80 bytes",
            Self::Page => "1 KiB, 16 lines",
            Self::Named => "id and name",
        }
    }

    pub fn data(self) -> &'static str {
        match self {
            Self::Ping | Self::Named => "ping",
            Self::Token => TOKEN,
            Self::Page => &PAGE,
        }
    }

    /// How the kind is written in a path.
    pub fn index(self) -> usize {
        self as usize
    }

    pub fn at(index: usize) -> Self {
        Self::ALL[index]
    }

    /// The event on the wire, for servers that only write.
    pub fn encoded(self) -> String {
        let lines = self.data().split('\n').map(|line| format!("data: {line}\n"));
        let fields = match self {
            Self::Named => format!("id: {}\nevent: {}\n", Self::ID, Self::NAME),
            _ => String::new(),
        };
        fields + &lines.collect::<String>() + "\n"
    }

    /// As many whole events as fit, and at least one.
    pub fn block(self, size: usize) -> String {
        let event = self.encoded();
        event.repeat((size / event.len()).max(1))
    }
}
