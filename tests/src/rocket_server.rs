//! A Rocket server on a port of its own.

use std::net::SocketAddr;

use rocket::fairing::AdHoc;
use rocket::{Build, Rocket, Route, Shutdown};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct Server {
    pub address: SocketAddr,
    shutdown: Shutdown,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves these routes on loopback, with a grace period of two seconds.
    pub async fn start(routes: Vec<Route>) -> Self {
        Self::launch(rocket::build().mount("/", routes)).await
    }

    pub async fn launch(rocket: Rocket<Build>) -> Self {
        let figment = rocket
            .figment()
            .clone()
            .merge(("address", "127.0.0.1"))
            .merge(("port", 0))
            .merge(("log_level", "off"))
            .merge(("shutdown.ctrlc", false))
            .merge(("shutdown.signals", Vec::<String>::new()));
        let (started, address) = oneshot::channel();
        let report = AdHoc::on_liftoff("address", |rocket| {
            Box::pin(async move {
                let config = rocket.config();
                started.send(SocketAddr::new(config.address, config.port)).expect("someone waits");
            })
        });
        let rocket = rocket.configure(figment).attach(report).ignite().await.expect("it ignites");
        let shutdown = rocket.shutdown();
        let task = tokio::spawn(async move {
            rocket.launch().await.expect("it runs");
        });
        Self { address: address.await.expect("it lifts off"), shutdown, task }
    }

    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Tells the server to shut down, while its streams still run.
    pub fn notify_shutdown(&self) {
        self.shutdown.clone().notify();
    }

    /// Waits until the server is down.
    pub async fn stopped(self) {
        self.task.await.expect("the server does not panic");
    }
}
