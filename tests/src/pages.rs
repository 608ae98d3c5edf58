//! Pages of examples in windows of phones and desktops, in light and dark.

use std::path::Path;

use serde_json::json;
use tokio::process::Command;

use crate::browser::{Client, emulate, start_browser, until};
use crate::process::start_server;

/// A page: its program, what to do there first, and when it is ready to be looked at.
pub struct Page {
    pub name: &'static str,
    pub program: &'static str,
    pub act: &'static str,
    pub ready: &'static str,
}

/// Shows each page in windows of both kinds. With `SSE_SCREENSHOTS` set to a folder, pictures of all of
/// them are saved there.
pub async fn each_fits(pages: &[Page]) {
    let Some((_driver, browser)) = start_browser("the pages' test").await else { return };
    for page in pages {
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
