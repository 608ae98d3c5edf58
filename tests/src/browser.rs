//! A real browser: headless Chromium, driven through `chromedriver`.

use std::str::FromStr;
use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand};
pub use fantoccini::{Client, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::left_out::left_out;
use crate::process::start;

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts Chromium with its driver. Returns `None`, and says so, if this machine lacks them.
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

/// Takes the browser offline, or back online. A stream that is open stays open: a
/// [line](crate::line) can break it.
///
/// # Panics
///
/// If the browser refuses.
pub async fn set_offline(browser: &Client, is_offline: bool) {
    browser.issue_cmd(Network { is_offline }).await.expect("its network can be set");
}

/// A command of Chromium's protocol for developer tools.
#[derive(Debug)]
struct Network {
    is_offline: bool,
}

impl WebDriverCompatibleCommand for Network {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        // Nothing else is limited.
        let conditions = json!({
            "offline": self.is_offline,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        });
        let command = json!({ "cmd": "Network.emulateNetworkConditions", "params": conditions });
        (Method::POST, Some(command.to_string()))
    }
}
