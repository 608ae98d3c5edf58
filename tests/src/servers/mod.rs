//! A server under each framework, all with the same [streams], and a client to each.

mod actix;
mod axum;
mod hyper;
pub mod numbered;
mod rocket;
pub mod script;
pub mod streams;

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::atomic::Ordering;

use reqwest::{Client, RequestBuilder, Response};
use streams::World;
use tokio::task::JoinHandle;

use crate::deadline::{MANY_BYTES, in_time};

/// Its streams have paths such as `/wire`. `/id/required` answers with only the last event ID,
/// `/overridden` with a header of its own, and `/id/page` is a page.
pub struct Server {
    pub framework: Framework,
    pub version: Version,
    pub address: SocketAddr,
    pub world: World,
    client: Client,
    running: JoinHandle<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    Rocket,
    Axum,
    Actix,
    Hyper,
}

impl Framework {
    pub const ALL: [Self; 4] = [Self::Rocket, Self::Axum, Self::Actix, Self::Hyper];

    /// Whether a failing stream shows in the response.
    #[must_use]
    pub fn can_abort(self) -> bool {
        self != Self::Rocket
    }

    /// Whether it learns that a client has left before it has something to send to it. actix-web
    /// doesn't: a client that ends its side of the connection may still be reading.
    #[must_use]
    pub fn sees_clients_leave(self) -> bool {
        matches!(self, Self::Axum | Self::Hyper)
    }
}

impl fmt::Display for Framework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rocket => "Rocket",
            Self::Axum => "axum",
            Self::Actix => "actix-web",
            Self::Hyper => "hyper",
        })
    }
}

impl FromStr for Framework {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let framework = Self::ALL.into_iter().find(|framework| framework.to_string() == name);
        framework.ok_or_else(|| format!("no framework is called {name}"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Http1,
    /// In clear text.
    Http2,
}

impl Version {
    const ALL: [Self; 2] = [Self::Http1, Self::Http2];

    fn client(self) -> Client {
        let client = Client::builder().no_proxy();
        let client = match self {
            Self::Http1 => client.http1_only(),
            Self::Http2 => client.http2_prior_knowledge(),
        };
        client.build().expect("a client")
    }
}

/// A test's page.
const PAGE: &str = "<!doctype html><title>a page</title>";

/// The body of `/overridden`'s only event, and its own header.
const CACHE: (&str, &str) = ("cache-control", "private");

/// Runs the test on a new server of each framework, over each version of HTTP.
pub async fn on_each_server(test: impl AsyncFn(Server)) {
    for framework in Framework::ALL {
        for version in Version::ALL {
            println!("{framework:?} over {version:?}:");
            let server = Server::start(framework, version).await;
            in_time(test(server)).await;
        }
    }
}

/// Runs the test on a new server of each framework, over HTTP/1.1.
pub async fn on_each_framework(test: impl AsyncFn(Server)) {
    for framework in Framework::ALL {
        println!("{framework:?}:");
        let server = Server::start(framework, Version::Http1).await;
        in_time(test(server)).await;
    }
}

impl Server {
    pub async fn start(framework: Framework, version: Version) -> Self {
        Self::start_in(World::default(), framework, version).await
    }

    /// Starts it with what a test adds to its streams.
    pub async fn start_in(world: World, framework: Framework, version: Version) -> Self {
        let (address, running) = match framework {
            Framework::Rocket => rocket::start(world.clone()).await,
            Framework::Axum => axum::start(world.clone()).await,
            Framework::Actix => actix::start(world.clone()).await,
            Framework::Hyper => hyper::start(world.clone()).await,
        };
        Self { framework, version, address, world, client: version.client(), running }
    }

    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// One with connections of its own.
    #[must_use]
    pub fn another_client(&self) -> Client {
        self.version.client()
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().expect("a method"), self.url(path))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await.expect("a response")
    }

    /// The whole body.
    pub async fn text(&self, path: &str) -> String {
        let (body, end) = read(self.get(path).await).await;
        end.expect("a body with an end");
        String::from_utf8(body).expect("text")
    }

    /// The signal, on which streams and the server end.
    pub fn stop(&self) {
        self.world.shutdown.cancel();
    }

    /// Stops the server, and returns how many streams were dropped once it is down.
    pub async fn dropped_at_the_end(self) -> usize {
        let world = self.world.clone();
        self.stop();
        self.stopped().await;
        world.dropped.load(Ordering::SeqCst)
    }

    /// Closes the client's connections, and waits until the server is down: actix-web waits for
    /// connections over HTTP/2 even if nothing uses them any more.
    pub async fn stopped(self) {
        drop(self.client);
        self.running.await.expect("the server does not panic");
    }
}

/// All of a body that arrives, and whether it ended as it should.
pub async fn read(mut response: Response) -> (Vec<u8>, reqwest::Result<()>) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                body.extend(chunk);
                assert!(body.len() < MANY_BYTES, "the body never ends");
            }
            Ok(None) => return (body, Ok(())),
            Err(error) => return (body, Err(error)),
        }
    }
}
