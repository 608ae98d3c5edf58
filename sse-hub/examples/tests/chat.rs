//! The chat in two real browsers, one of which loses its network for a while, or whose server is killed.

use tests::browser::{Client, Locator, set_offline, start_browser, until};
use tests::line::Line;
use tests::process::{Program, start_server};
use tokio::process::Command;

async fn state_is(browser: &Client, state: &str) {
    until(browser, &format!("document.getElementById('state').value === '{state}'")).await;
}

async fn says(browser: &Client, name: &str, text: &str) {
    for (field, value) in [("from", name), ("text", text)] {
        let field = browser.find(Locator::Id(field)).await.expect("the page has it");
        field.clear().await.expect("it is a field");
        field.send_keys(value).await.expect("it takes text");
    }
    browser.find(Locator::Css("button")).await.expect("a button").click().await.expect("it clicks");
    until(browser, "document.getElementById('text').value === ''").await;
}

/// Waits for as many messages, and gives what is there.
async fn messages(browser: &Client, count: usize) -> Vec<String> {
    until(browser, &format!("document.querySelectorAll('#messages li').length >= {count}")).await;
    let script = "return [...document.querySelectorAll('#messages li')].map(li => li.textContent)";
    let messages = browser.execute(script, vec![]).await.expect("they have text");
    serde_json::from_value(messages).expect("texts")
}

#[tokio::test]
async fn who_was_offline_for_a_while_has_every_message_and_none_twice() {
    let Some((_driver, ada)) = start_browser("the chat's test").await else { return };
    let Some((_other_driver, bob)) = start_browser("the chat's test").await else { return };
    let mut chat = Command::new(env!("CARGO_BIN_EXE_chat"));
    let (_chat, url) = start_server(chat.env("PORT", "0")).await;
    let address = url.trim_start_matches("http://").parse().expect("an address");
    let line = Line::to(address).await;
    for (browser, url) in [(&ada, &url), (&bob, &format!("http://{}", line.address))] {
        browser.goto(url).await.expect("the page loads");
        state_is(browser, "connected").await;
    }

    let mut said = Vec::new();
    for n in 0..3 {
        says(&ada, "Ada", &format!("here {n}")).await;
        said.push(format!("Adahere {n}"));
    }
    assert_eq!(messages(&bob, 3).await, said);

    set_offline(&bob, true).await;
    line.cut();
    state_is(&bob, "reconnecting").await;
    for n in 0..30 {
        says(&ada, "Ada", &format!("meanwhile {n}")).await;
        said.push(format!("Adameanwhile {n}"));
    }
    assert_eq!(messages(&bob, 3).await.len(), 3, "nothing reaches it");

    line.mend();
    set_offline(&bob, false).await;
    state_is(&bob, "connected").await;
    says(&bob, "Bob", "back").await;
    said.push("Bobback".to_owned());
    assert_eq!(messages(&bob, said.len()).await, said);
    assert_eq!(messages(&ada, said.len()).await, said);
    for browser in [ada, bob] {
        browser.close().await.expect("the browser closes");
    }
}

/// Starts the chat with a folder, on this port.
async fn start_with(store: &str, port: &str) -> (Program, String) {
    let mut chat = Command::new(env!("CARGO_BIN_EXE_chat"));
    // With a name, it tells its clients to come back soon.
    chat.args(["--store", store]).env("PORT", port).env("NODE", "the only one");
    start_server(&mut chat).await
}

#[tokio::test]
async fn who_is_connected_while_the_server_is_killed_and_started_again_misses_nothing() {
    let Some((_driver, ada)) = start_browser("the chat's restart").await else { return };
    let Some((_other_driver, bob)) = start_browser("the chat's restart").await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("file:{}", folder.path().display());
    let (mut chat, url) = start_with(&store, "0").await;
    for browser in [&ada, &bob] {
        browser.goto(&url).await.expect("the page loads");
        state_is(browser, "connected").await;
    }
    let (port, client) = (url.rsplit(':').next().expect("a port"), reqwest::Client::new());
    let mut said = Vec::new();
    for round in 0..3 {
        says(&ada, "Ada", &format!("before {round}")).await;
        said.push(format!("Adabefore {round}"));
        assert_eq!(messages(&bob, said.len()).await, said);

        chat.kill().await.expect("it runs");
        (chat, _) = start_with(&store, port).await;
        // Perhaps before the pages are back.
        for n in 0..3 {
            let form = format!("from=Eve&text=meanwhile+{round}+{n}");
            let send = client.post(format!("{url}/lobby")).body(form);
            let send = send.header("content-type", "application/x-www-form-urlencoded");
            assert!(send.send().await.expect("it answers").status().is_success());
            said.push(format!("Evemeanwhile {round} {n}"));
        }
        for browser in [&ada, &bob] {
            assert_eq!(messages(browser, said.len()).await, said);
            state_is(browser, "connected").await;
        }
    }
    for browser in [ada, bob] {
        browser.close().await.expect("the browser closes");
    }
}
