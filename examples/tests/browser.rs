//! The dashboard in a real browser: headless Chromium, driven through `chromedriver`.

use std::path::Path;

use tests::browser::{Client, Locator, start_browser, until};
use tests::process::start_server;
use tokio::process::Command;

async fn text(browser: &Client, id: &str) -> String {
    let element = browser.find(Locator::Id(id)).await.expect("the page has it");
    let text = element.prop("textContent").await.expect("it has text");
    text.unwrap_or_default()
}

async fn number(browser: &Client, id: &str) -> i64 {
    text(browser, id).await.parse().unwrap_or(-1)
}

fn is(id: &str, text: &str) -> String {
    format!("document.getElementById('{id}').textContent === '{text}'")
}

fn at_least(id: &str, number: i64) -> String {
    format!("Number(document.getElementById('{id}').textContent) >= {number}")
}

#[tokio::test]
async fn the_dashboard_is_alive_in_a_browser() {
    let Some((_driver, browser)) = start_browser("the dashboard's test").await else { return };
    let mut dashboard = Command::new(env!("CARGO_BIN_EXE_dashboard"));
    let (_dashboard, url) = start_server(dashboard.env("PORT", "0")).await;
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
