//! A real browser: headless Chromium, driven through `chromedriver`.

use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::wd::TimeoutConfiguration;
pub use fantoccini::{Client, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::left_out::left_out;
use crate::process::start;

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

/// Chromium with its driver; none, and said so, if this machine has none.
///
/// # Panics
///
/// If it does not start.
pub async fn start_browser(test: &str) -> Option<(Child, Client)> {
    for program in ["chromium", "chromedriver"] {
        if Command::new(program).arg("--version").output().await.is_err() {
            left_out(test, program);
            return None;
        }
    }
    let mut command = Command::new("chromedriver");
    let started = "was started successfully on port ";
    let (driver, line) = start(command.arg("--port=0"), started).await;
    let port = line.split(started).nth(1).expect("a port").trim_end_matches('.');
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1280,1000",
    ];
    let options = json!({ "goog:chromeOptions": { "args": arguments } });
    let browser = ClientBuilder::new(HttpConnector::new())
        .capabilities(options.as_object().expect("an object").clone())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("the browser starts");
    let timeouts = TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None);
    browser.update_timeouts(timeouts).await.expect("it takes timeouts");
    Some((driver, browser))
}
