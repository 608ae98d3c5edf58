//! The pages of the examples fit phones and desktops, and have a dark look. With `SSE_SCREENSHOTS`
//! set to a folder, pictures of all of them are saved there.

use std::path::Path;

use serde_json::json;
use tests::browser::{Client, emulate, start_browser, until};
use tests::process::start_server;
use tokio::process::Command;

/// A page: its program, what to do there first, and when it is ready to be looked at.
struct Page {
    name: &'static str,
    program: &'static str,
    act: &'static str,
    ready: &'static str,
}

const PAGES: [Page; 17] = [
    Page {
        name: "counting",
        program: env!("CARGO_BIN_EXE_rocket"),
        act: "",
        ready: "document.getElementById('count').textContent === '2 s'",
    },
    Page {
        name: "chat-empty",
        program: env!("CARGO_BIN_EXE_chat"),
        act: "",
        ready: "document.body.dataset.state === 'connected'",
    },
    Page {
        name: "chat",
        program: env!("CARGO_BIN_EXE_chat"),
        act: "const say = (from, text) => fetch('/lobby', { method: 'POST', body: new URLSearchParams({ from, text }) });
              document.getElementById('from').value = 'Ada';
              say('Bob', 'Good evening!').then(() => say('Ada', 'Hello, Bob. Does the lighthouse still have a keeper, or has it been automated like all the others?'))
                .then(() => say('Bob', 'It has one: https://example.com/a/very/long/address/that/does/not/break/anywhere/at/all'));",
        ready: "document.querySelectorAll('#messages li').length >= 3",
    },
    Page {
        name: "progress-empty",
        program: env!("CARGO_BIN_EXE_progress"),
        act: "",
        ready: "true",
    },
    Page {
        name: "progress",
        program: env!("CARGO_BIN_EXE_progress"),
        act: "for (let n = 0; n < 3; n++) document.getElementById('start').click();",
        ready: "[...document.querySelectorAll('progress')].filter(bar => bar.value > 5).length === 3",
    },
    Page {
        name: "errors",
        program: env!("CARGO_BIN_EXE_errors"),
        act: "",
        ready: "document.querySelectorAll('.end').length === 2",
    },
    Page {
        name: "metrics",
        program: env!("CARGO_BIN_EXE_metrics"),
        act: "",
        ready: "document.querySelectorAll('td').length > 10 && document.getElementById('reading').textContent !== '…'",
    },
    Page {
        name: "prices",
        program: env!("CARGO_BIN_EXE_prices"),
        act: "",
        ready: "document.querySelectorAll('.up, .down').length === 4",
    },
    Page {
        name: "notifications-empty",
        program: env!("CARGO_BIN_EXE_notifications"),
        act: "",
        ready: "document.body.dataset.state === 'signed out'",
    },
    Page {
        name: "notifications",
        program: env!("CARGO_BIN_EXE_notifications"),
        act: "document.querySelector('[name=user]').value = 'Ada';
              document.querySelector('#sign-in button').click();",
        ready: "document.body.dataset.state === 'connected'",
    },
    Page {
        name: "relay-empty",
        program: env!("CARGO_BIN_EXE_relay"),
        act: "",
        ready: "state.value === 'ready'",
    },
    Page {
        name: "relay",
        program: env!("CARGO_BIN_EXE_relay"),
        act: "ask('hello')",
        ready: "state.value === 'done'",
    },
    Page {
        name: "assistant-empty",
        program: env!("CARGO_BIN_EXE_assistant"),
        act: "",
        ready: "state.value === 'ready'",
    },
    Page {
        name: "assistant",
        program: env!("CARGO_BIN_EXE_assistant"),
        act: "ask('long')",
        ready: "answer.textContent.length > 150 && state.value === 'answering'",
    },
    Page {
        name: "table",
        program: env!("CARGO_BIN_EXE_table"),
        act: "",
        ready: "document.querySelectorAll('td').length === 6",
    },
    Page {
        name: "tabs",
        program: env!("CARGO_BIN_EXE_tabs"),
        act: "document.getElementById('add').click()",
        ready: "document.querySelectorAll('#notes li').length > 0",
    },
    Page {
        name: "dashboard",
        program: env!("CARGO_BIN_EXE_dashboard"),
        act: "",
        ready: "Number(document.getElementById('count').textContent) >= 3",
    },
];

#[tokio::test]
async fn each_page_fits_its_window_in_light_and_dark() {
    let Some((_driver, browser)) = start_browser("the pages' test").await else { return };
    for page in PAGES {
        let mut backgrounds = Vec::new();
        let mut command = Command::new(page.program);
        let (_server, url) = start_server(command.env("PORT", "0")).await;
        for (width, scheme) in [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")] {
            emulate(&browser, width, scheme).await;
            browser.goto(&url).await.expect("the page loads");
            browser.execute(page.act, vec![]).await.expect("it runs");
            until(&browser, page.ready).await;
            let name = format!("{}-{width}-{scheme}", page.name);
            assert_eq!(too_wide(&browser, width).await, json!([]), "{name}");
            backgrounds.push(evaluate(&browser, BACKGROUND).await);
            save(&browser, &name).await;
        }
        assert_ne!(backgrounds[0], backgrounds[1], "{}: dark looks like light", page.name);
        assert!(evaluate(&browser, ICON).await.as_str().is_some_and(|icon| icon.len() > 100));
    }
    browser.close().await.expect("the browser closes");
}

const BACKGROUND: &str = "getComputedStyle(document.body).backgroundColor";
const ICON: &str = "document.querySelector('link[rel=icon]').href";

/// The elements that stick out of the window. Its `innerWidth` doesn't tell: on a phone it grows with
/// what is in it.
async fn too_wide(browser: &Client, width: u32) -> serde_json::Value {
    let script = format!(
        "[...document.querySelectorAll('body, body *:not(svg *)')]
            .filter(element => element.getBoundingClientRect().right > {width}.5)
            .map(element => element.outerHTML.slice(0, 100))"
    );
    evaluate(browser, &script).await
}

async fn evaluate(browser: &Client, expression: &str) -> serde_json::Value {
    browser.execute(&format!("return {expression}"), vec![]).await.expect("a value")
}

async fn save(browser: &Client, name: &str) {
    if let Some(folder) = std::env::var_os("SSE_SCREENSHOTS") {
        let image = browser.screenshot().await.expect("a picture");
        let path = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(path, image).expect("it can be written");
    }
}
