//! Who serves the many clients.

use benches::client::Publishing;
use benches::contender::{Role, Subject};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Contender {
    pub(crate) subject: Subject,
    pub(crate) runs: Runs,
    /// Where clients subscribe.
    pub(crate) path: &'static str,
    pub(crate) publishing: Publishing,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Runs {
    /// This program, as the server of this name.
    Here(&'static str),
    Node,
    Python,
    Nginx,
}

const fn contender(
    name: &'static str,
    role: Role,
    runs: Runs,
    path: &'static str,
    publishing: Publishing,
) -> Contender {
    Contender { subject: Subject { framework: "", name, role }, runs, path, publishing }
}

const fn ours(name: &'static str, server: &'static str) -> Contender {
    contender(name, Role::Ours, Runs::Here(server), "/hub", Publishing::ByPath)
}

const fn broadcast(name: &'static str, role: Role, server: &'static str) -> Contender {
    contender(name, role, Runs::Here(server), "/fan-out", Publishing::ByPath)
}

const fn peer(name: &'static str, runs: Runs, publishing: Publishing) -> Contender {
    contender(name, Role::Peer, runs, "/fan-out", publishing)
}

/// The name that `serve` knows the lowest floor by.
pub(crate) const SOCKETS: &str = "sockets";

pub(crate) const CONTENDERS: [Contender; 12] = [
    ours("`sse-hub` under hyper", "hyper-ours"),
    ours("`sse-hub` under axum", "axum-ours"),
    ours("`sse-hub` under actix-web", "actix-web-ours"),
    ours("`sse-hub` under Rocket", "rocket-ours"),
    broadcast("`broadcast`, axum's `Sse`", Role::Peer, "axum-own"),
    broadcast("`broadcast`, `actix-web-lab`", Role::Peer, "actix-web-lab"),
    broadcast("`broadcast`, Rocket's own", Role::Peer, "rocket-own"),
    peer("nchan in nginx", Runs::Nginx, Publishing::ByPost),
    peer("`better-sse` on Node.js", Runs::Node, Publishing::ByPath),
    peer("`sse-starlette` on uvicorn", Runs::Python, Publishing::ByPath),
    broadcast("floor: hyper, encoded before", Role::Floor, "hyper-floor"),
    broadcast("floor: sockets alone", Role::Floor, SOCKETS),
];
