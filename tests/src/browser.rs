//! A real browser: headless Chromium, driven through `chromedriver`.

use std::str::FromStr;
use std::time::Duration;

use fantoccini::ClientBuilder;
pub use fantoccini::wd::WindowHandle;
use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand};
pub use fantoccini::{Client, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::left_out::left_out;
use crate::process::{Program, try_start};

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

/// The driver of a browser. Both end when this is dropped.
#[derive(Debug)]
pub struct Driver {
    _program: Program,
    /// What they leave behind.
    _folder: TempDir,
}

/// Starts Chromium with its driver. Returns `None`, and says so, if this machine lacks them.
pub async fn start_browser(test: &str) -> Option<(Driver, Client)> {
    for program in ["chromium", "chromedriver"] {
        if Command::new(program).arg("--version").output().await.is_err() {
            left_out(test, program);
            return None;
        }
    }
    let (driver, port) = start_driver().await;
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Nothing outside of this machine is asked for.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--hide-scrollbars",
        "--window-size=1280,1000",
    ];
    let options = json!({
        "goog:chromeOptions": { "args": arguments },
        // Those of servers of the tests are signed by nobody.
        "acceptInsecureCerts": true,
    });
    let browser = ClientBuilder::new(HttpConnector::new())
        .capabilities(options.as_object().expect("an object").clone())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .expect("the browser starts");
    let timeouts = TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None);
    browser.update_timeouts(timeouts).await.expect("it takes timeouts");
    Some((driver, browser))
}

/// Returns the driver with its port. It listens on one that is free for IPv4, and ends if the same
/// is in use for IPv6: then the next try finds another.
async fn start_driver() -> (Driver, String) {
    const TRIES: usize = 3;
    const STARTED: &str = "was started successfully on port ";

    for _ in 0..TRIES {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("TMPDIR", folder.path());
        if let Some((program, line)) = try_start(&mut command, STARTED).await {
            let port = line.split(STARTED).nth(1).expect("a port").trim_end_matches('.');
            return (Driver { _program: program, _folder: folder }, port.to_owned());
        }
    }
    panic!("chromedriver ended {TRIES} times without having started");
}

/// Waits until a script's expression is true.
pub async fn until(browser: &Client, expression: &str) {
    let script = format!(
        "const done = arguments[0];
         const look = () => ({expression}) ? done() : setTimeout(look, 50);
         look();"
    );
    browser.execute_async(&script, vec![]).await.unwrap_or_else(|error| {
        panic!("never came true: {expression}: {error}");
    });
}

/// Takes the browser offline, or back online. A stream that is open stays open: a
/// [line](crate::line) can break it.
pub async fn set_offline(browser: &Client, is_offline: bool) {
    // Nothing else is limited.
    let conditions = json!({
        "offline": is_offline,
        "latency": 0,
        "downloadThroughput": -1,
        "uploadThroughput": -1,
    });
    execute(browser, "Network.emulateNetworkConditions", conditions).await;
}

/// Hides the page and freezes it, as browsers do with pages in the background: it runs no scripts then, those of a
/// test neither. Or shows it again, and lets it go on.
///
/// # Panics
///
/// If the browser refuses.
pub async fn set_frozen(browser: &Client, is_frozen: bool) {
    if is_frozen {
        browser.minimize_window().await.expect("it hides");
    }
    let state = if is_frozen { "frozen" } else { "active" };
    execute(browser, "Page.setWebLifecycleState", json!({ "state": state })).await;
    if !is_frozen {
        browser.maximize_window().await.expect("it shows");
    }
}

/// Runs a script at the beginning of each page that is loaded from now on: a library, say, that the page would
/// load from elsewhere.
pub async fn run_in_each_page(browser: &Client, script: &str) {
    let script = json!({ "source": script });
    execute(browser, "Page.addScriptToEvaluateOnNewDocument", script).await;
}

/// Makes the window as wide as a phone or a desktop, and the look light or dark.
pub async fn emulate(browser: &Client, width: u32, color_scheme: &str) {
    let size =
        json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
    execute(browser, "Emulation.setDeviceMetricsOverride", size).await;
    let features = json!([{ "name": "prefers-color-scheme", "value": color_scheme }]);
    execute(browser, "Emulation.setEmulatedMedia", json!({ "features": features })).await;
}

async fn execute(browser: &Client, command: &'static str, parameters: Value) {
    let command = DevTools { command, parameters };
    browser.issue_cmd(command).await.expect("the browser takes the command");
}

/// A command of the protocol of Chromium's developer tools.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let command = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(command.to_string()))
    }
}
