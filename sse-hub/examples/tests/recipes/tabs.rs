//! Seven tabs in Chromium, which opens six connections to a server that speaks HTTP/1.1.

use tests::browser::{Client, WindowHandle, start_browser, until};
use tests::http::request;
use tests::recipe::Recipe;
use tokio::process::Command;

async fn open_tab(browser: &Client, url: &str) -> WindowHandle {
    let tab = browser.new_window(true).await.expect("a tab").handle;
    switch(browser, &tab).await;
    browser.goto(url).await.expect("it loads");
    until(browser, "document.getElementById('state').value !== 'loading'").await;
    tab
}

async fn switch(browser: &Client, tab: &WindowHandle) {
    browser.switch_to_window(tab.clone()).await.expect("it is open");
}

async fn add(server: &Recipe, text: &str) {
    let headers =
        ["Content-Type: text/plain", &format!("Content-Length: {}", text.len()), "", text];
    assert_eq!(request(server.address(), "POST /notes", &headers).await.status, 204);
}

/// Each tab shows these, in this order, and no others.
async fn show(browser: &Client, tabs: &[WindowHandle], notes: &[String]) {
    let shown = "[...document.querySelectorAll('li')].map(note => note.textContent)";
    for tab in tabs {
        switch(browser, tab).await;
        until(browser, &format!("{shown}.length >= {}", notes.len())).await;
        let shown = browser.execute(&format!("return {shown}"), vec![]).await.expect("texts");
        assert_eq!(shown, serde_json::json!(notes));
    }
}

#[tokio::test]
async fn the_seventh_tab_loads_and_all_show_the_same_when_the_one_that_reads_is_closed() {
    let Some((_driver, browser)) = start_browser("the test of seven tabs").await else { return };
    let mut server = Recipe::start(&mut Command::new(env!("CARGO_BIN_EXE_tabs"))).await;
    let mut tabs = Vec::new();
    let mut notes = Vec::new();
    for n in 0..7 {
        tabs.push(open_tab(&browser, &server.url).await);
        add(&server, &format!("note {n}")).await;
        notes.push(format!("note {n}"));
    }
    show(&browser, &tabs, &notes).await;

    // The first is the one that reads.
    let reads = tabs.remove(0);
    switch(&browser, &reads).await;
    until(&browser, "document.getElementById('state').value === 'reading for all'").await;
    browser.close_window().await.expect("it closes");
    for n in 7..20 {
        add(&server, &format!("note {n}")).await;
        notes.push(format!("note {n}"));
    }
    show(&browser, &tabs, &notes).await;
    browser.close().await.expect("the browser closes");

    // Two streams in all.
    for _ in 0..2 {
        server.program.says("stream: ").await;
    }
    server.program.process.kill().await.expect("it ends");
    assert_eq!(server.program.line().await, None);
}
