//! The dashboard in a real browser: headless Chromium, driven through `chromedriver`.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tests::left_out::left_out;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

/// A process, and the first line of its output that holds `mark`. It ends with the test.
async fn start(command: &mut Command, mark: &str) -> (Child, String) {
    let command = command.stdout(Stdio::piped()).kill_on_drop(true);
    let mut process = command.spawn().expect("it starts");
    let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
    loop {
        let line = lines.next_line().await.expect("text").expect("it says that it has started");
        if line.contains(mark) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (process, line);
        }
    }
}

async fn start_dashboard() -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dashboard"));
    let (process, line) = start(command.env("ROCKET_PORT", "0"), "http://").await;
    let url = line[line.find("http://").expect("a URL")..].trim().to_owned();
    (process, url)
}

async fn start_browser() -> (Child, Client) {
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
    (driver, browser)
}

async fn text(browser: &Client, id: &str) -> String {
    let element = browser.find(Locator::Id(id)).await.expect("the page has it");
    let text = element.prop("textContent").await.expect("it has text");
    text.unwrap_or_default()
}

async fn number(browser: &Client, id: &str) -> i64 {
    text(browser, id).await.parse().unwrap_or(-1)
}

/// Waits until a script's expression is true.
async fn until(browser: &Client, expression: &str) {
    let script = format!(
        "const done = arguments[0];
         const look = () => ({expression}) ? done() : setTimeout(look, 50);
         look();"
    );
    browser.execute_async(&script, vec![]).await.unwrap_or_else(|error| {
        panic!("never came true: {expression}: {error}");
    });
}

fn is(id: &str, text: &str) -> String {
    format!("document.getElementById('{id}').textContent === '{text}'")
}

fn at_least(id: &str, number: i64) -> String {
    format!("Number(document.getElementById('{id}').textContent) >= {number}")
}

#[tokio::test]
async fn the_dashboard_is_alive_in_a_browser() {
    for program in ["chromium", "chromedriver"] {
        if Command::new(program).arg("--version").output().await.is_err() {
            return left_out("the browser test", program);
        }
    }
    let (_dashboard, url) = start_dashboard().await;
    let (_driver, browser) = start_browser().await;
    browser.goto(&url).await.expect("the page loads");

    values_change(&browser).await;
    a_dropped_connection_resumes_without_gap_or_repetition(&browser).await;
    a_story_arrives_with_its_spaces(&browser).await;

    if let Some(path) = std::env::var_os("SSE_SCREENSHOT") {
        until(&browser, &at_least("last-id", 45)).await;
        let image = browser.screenshot().await.expect("a picture");
        std::fs::write(Path::new(&path), image).expect("it can be written");
    }
    browser.close().await.expect("the browser closes");
}

async fn values_change(browser: &Client) {
    until(browser, &is("state", "connected")).await;
    until(browser, &at_least("count", 1)).await;
    let first = number(browser, "last-id").await;
    for value in ["cpu", "memory", "received", "sent"] {
        assert!(text(browser, value).await.contains(|it: char| it.is_ascii_digit()), "{value}");
    }
    until(browser, &at_least("last-id", first + 2)).await;
}

/// The browser must have sent the `Last-Event-ID`: without it, the page would be sent all
/// readings again.
async fn a_dropped_connection_resumes_without_gap_or_repetition(browser: &Client) {
    let script = "return Number(document.getElementById('last-id').textContent)
                       - Number(document.getElementById('count').textContent)";
    let before = browser.execute(script, vec![]).await.expect("two numbers");
    let id = number(browser, "last-id").await;
    browser.find(Locator::Id("drop")).await.expect("a button").click().await.expect("it clicks");
    until(browser, &at_least("reconnects", 1)).await;
    until(browser, &is("state", "connected")).await;
    until(browser, &at_least("last-id", id + 3)).await;
    let after = browser.execute(script, vec![]).await.expect("two numbers");
    assert_eq!(before, after);
}

async fn a_story_arrives_with_its_spaces(browser: &Client) {
    browser.find(Locator::Id("start")).await.expect("a button").click().await.expect("it clicks");
    until(browser, &is("story-state", "done")).await;
    let story = text(browser, "tokens").await;
    let words: Vec<_> = story.trim().split(' ').collect();
    assert!(words.len() > 50, "{story}");
    assert!(words.iter().all(|word| !word.is_empty() && !word.contains('\n')), "{story}");
    assert!(story.ends_with(['.', '!', '?']), "{story}");
}
