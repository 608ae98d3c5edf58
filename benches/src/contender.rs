//! Who is measured.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Ours,
    Peer,
    /// Blocks that were encoded before: the framework alone.
    Floor,
}

#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// What `serve` knows it as.
    pub server: &'static str,
    pub name: &'static str,
    pub role: Role,
    /// Whether it also streams what is made as time goes by.
    pub is_live: bool,
}

/// Contenders under the same framework.
#[derive(Clone, Copy, Debug)]
pub struct Framework {
    pub name: &'static str,
    pub contenders: &'static [Contender],
}

const fn ours(server: &'static str) -> Contender {
    Contender { server, name: "sse-runtime", role: Role::Ours, is_live: true }
}

const fn peer(server: &'static str, name: &'static str) -> Contender {
    Contender { server, name, role: Role::Peer, is_live: true }
}

const fn floor(server: &'static str, is_live: bool) -> Contender {
    Contender { server, name: "encoded before", role: Role::Floor, is_live }
}

pub const FRAMEWORKS: [Framework; 4] = [
    Framework {
        name: "Rocket",
        contenders: &[
            ours("rocket-ours"),
            peer("rocket-own", "rocket::response::stream"),
            floor("rocket-floor", false),
        ],
    },
    Framework {
        name: "axum",
        contenders: &[ours("axum-ours"), peer("axum-own", "axum::response::sse")],
    },
    Framework { name: "hyper", contenders: &[ours("hyper-ours"), floor("hyper-floor", true)] },
    Framework {
        name: "actix-web",
        contenders: &[ours("actix-web-ours"), peer("actix-web-lab", "actix_web_lab::sse")],
    },
];
