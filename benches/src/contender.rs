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

/// Whose a figure is.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// Under which ours and its peers are compared, if so.
    pub framework: &'static str,
    pub name: &'static str,
    pub role: Role,
}

#[derive(Clone, Copy, Debug)]
pub struct Contender {
    pub subject: Subject,
    /// What `serve` knows it as.
    pub server: &'static str,
    /// Whether it also streams what is made as time goes by.
    pub is_live: bool,
}

const fn ours(framework: &'static str, server: &'static str) -> Contender {
    let subject = Subject { framework, name: "`sse-runtime`", role: Role::Ours };
    Contender { subject, server, is_live: true }
}

const fn peer(framework: &'static str, server: &'static str, name: &'static str) -> Contender {
    Contender { subject: Subject { framework, name, role: Role::Peer }, server, is_live: true }
}

const fn floor(framework: &'static str, server: &'static str, is_live: bool) -> Contender {
    let subject = Subject { framework, name: "floor: encoded before", role: Role::Floor };
    Contender { subject, server, is_live }
}

/// Those under the same framework follow each other.
pub const CONTENDERS: [Contender; 9] = [
    ours("Rocket", "rocket-ours"),
    peer("Rocket", "rocket-own", "`rocket::response::stream`"),
    floor("Rocket", "rocket-floor", false),
    ours("axum", "axum-ours"),
    peer("axum", "axum-own", "`axum::response::sse`"),
    ours("hyper", "hyper-ours"),
    floor("hyper", "hyper-floor", true),
    ours("actix-web", "actix-web-ours"),
    peer("actix-web", "actix-web-lab", "`actix_web_lab::sse`"),
];
