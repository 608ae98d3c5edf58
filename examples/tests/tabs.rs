//! Seven tabs in Chromium, each with a stream of its own: over HTTP/2 they share a connection.

use tests::browser::{start_browser, until};
use tests::nginx::{nginx, start_with_http2};
use tests::recipe::Recipe;
use tokio::process::Command;

const TEST: &str = "the test of seven tabs over HTTP/2";

const COUNT: &str = "document.getElementById('count').textContent";

#[tokio::test]
async fn over_http_2_the_seventh_tab_loads_and_each_receives_its_events() {
    let Some(nginx) = nginx(TEST).await else { return };
    let Some((_driver, browser)) = start_browser(TEST).await else { return };
    let server = Recipe::start(&mut Command::new(env!("CARGO_BIN_EXE_axum"))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let pass = format!("location / {{ proxy_pass {}; }}", server.url);
    let (_nginx, address) = start_with_http2(&nginx, folder.path(), &pass).await;

    let mut tabs = Vec::new();
    for _ in 0..7 {
        let tab = browser.new_window(true).await.expect("a tab").handle;
        browser.switch_to_window(tab.clone()).await.expect("it is open");
        browser.goto(&format!("https://{address}")).await.expect("it loads");
        until(&browser, "document.body.dataset.state === 'connected'").await;
        tabs.push(tab);
    }
    for tab in tabs {
        browser.switch_to_window(tab).await.expect("it is open");
        until(&browser, "performance.getEntriesByType('navigation')[0].nextHopProtocol === 'h2'")
            .await;
        browser.execute(&format!("window.before = {COUNT}"), vec![]).await.expect("it runs");
        until(&browser, &format!("{COUNT} !== before")).await;
    }
    browser.close().await.expect("the browser closes");
}
