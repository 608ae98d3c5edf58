//! The cluster's page in a real browser, which kills and starts what it likes and loses nothing.

use std::path::PathBuf;
use std::str::FromStr;

use system_tests::cluster::server;
use tests::browser::{Client, Locator, start_browser};
use tests::left_out::left_out;
use tests::nginx::nginx;
use tests::process::start_server;
use tokio::process::Command;

/// Waits until an expression is true, which may ask for the `text` of an element and the `state`
/// of a part of the cluster.
async fn until(browser: &Client, expression: &str) {
    let text = "(id) => document.getElementById(id).textContent";
    let state = "(id) => document.querySelector(`#${id} .state`)?.textContent";
    let expression = format!("((text, state) => {expression})({text}, {state})");
    tests::browser::until(browser, &expression).await;
}

async fn text(browser: &Client, id: &str) -> String {
    browser.find(Locator::Id(id)).await.expect("it is there").text().await.expect("it has text")
}

async fn number(browser: &Client, id: &str) -> u32 {
    u32::from_str(&text(browser, id).await).expect("a number")
}

async fn click(browser: &Client, css: &str) {
    browser.find(Locator::Css(css)).await.expect("a button").click().await.expect("it clicks");
}

async fn more_numbers_arrive(browser: &Client) {
    let received = number(browser, "received").await;
    until(browser, &format!("Number(text('received')) > {}", received + 10)).await;
}

#[tokio::test]
async fn who_kills_nodes_and_redis_from_the_page_sees_nothing_get_lost() {
    let Some(nginx) = nginx("the cluster's page").await else { return };
    if !server::is_here() {
        return left_out("the cluster's page", "redis-server");
    }
    let Some((_driver, browser)) = start_browser("the cluster's page").await else { return };
    let mut cluster = Command::new(env!("CARGO_BIN_EXE_cluster"));
    let (_cluster, url) = start_server(cluster.env("SSE_TEST_NGINX", nginx)).await;
    browser.goto(&url).await.expect("the page loads");
    until(&browser, "text('node').startsWith('node')").await;
    click(&browser, "#count").await;
    more_numbers_arrive(&browser).await;

    let (serves, other) = match &*text(&browser, "node").await {
        "node 1" => ("node-1", "node 2"),
        _ => ("node-2", "node 1"),
    };
    click(&browser, &format!("#{serves} .switch")).await;
    until(&browser, &format!("state('{serves}') === 'killed'")).await;
    until(&browser, &format!("text('node') === '{other}'")).await;
    more_numbers_arrive(&browser).await;
    picture(&browser, "a-node-is-killed").await;
    click(&browser, &format!("#{serves} .switch")).await;
    until(&browser, &format!("state('{serves}') === 'running'")).await;

    click(&browser, "#Redis .switch").await;
    until(&browser, &format!("state('{serves}') === 'waiting for Redis'")).await;
    picture(&browser, "redis-is-killed").await;
    click(&browser, "#Redis .switch").await;
    until(&browser, &format!("state('{serves}') === 'running'")).await;
    more_numbers_arrive(&browser).await;
    click(&browser, "#count").await;
    until(&browser, "text('missing') === '0'").await;
    assert_eq!((number(&browser, "gaps").await, number(&browser, "twice").await), (0, 0));

    click(&browser, "#Redis .flush").await;
    until(&browser, "text('gaps') === '1'").await;
    for (name, said) in [("from", "Ada"), ("text", "Still there?")] {
        let field = browser.find(Locator::Id(name)).await.expect("the page has it");
        field.send_keys(said).await.expect("it takes text");
    }
    click(&browser, "#form button").await;
    until(&browser, "document.querySelector('li.own')?.textContent === 'AdaStill there?'").await;
    picture(&browser, "redis-was-flushed").await;
    browser.close().await.expect("the browser closes");
}

/// Pictures for whoever wants to look: narrow and wide, light and dark.
async fn picture(browser: &Client, name: &str) {
    let Some(folder) = std::env::var_os("SSE_SCREENSHOTS").map(PathBuf::from) else { return };
    for (width, scheme) in [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")] {
        browser.set_window_size(width, 1100).await.expect("it has a size");
        let script = format!("document.documentElement.style.colorScheme = '{scheme}';");
        browser.execute(&script, vec![]).await.expect("it has a scheme");
        let image = browser.screenshot().await.expect("a picture");
        let file = format!("{name}-{width}-{scheme}.png");
        std::fs::write(folder.join(file), image).expect("it can be written");
    }
}
