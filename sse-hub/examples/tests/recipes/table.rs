//! The live table, in Chromium, with the libraries that show it.

use std::fs::read_to_string;
use std::path::Path;
use std::time::Duration;

use tests::browser::{Client, Locator, run_in_each_page, set_frozen, start_browser, until};
use tests::client_program::{datastar, node_modules};
use tests::http::request;
use tests::line::Line;
use tests::recipe::Recipe;
use tokio::process::Command;
use tokio::time::sleep;

const TEST: &str = "the test of the live table";

/// A page, and the library that it would load from elsewhere.
struct Library {
    page: &'static str,
    script: String,
}

fn libraries() -> Option<[Library; 3]> {
    let modules = node_modules(TEST)?;
    let read = |files: &[&str]| files.iter().map(|file| script(&modules, file)).collect();
    // It is a module, which runs when the page is there.
    let datastar = format!(
        "addEventListener('DOMContentLoaded', () => {{
            const script = new Blob([{}], {{ type: 'text/javascript' }});
            import(URL.createObjectURL(script));
        }});",
        serde_json::json!(datastar(TEST)?)
    );
    Some([
        Library { page: "/", script: read(&["htmx-2/dist/htmx.js", "htmx-ext-sse/sse.js"]) },
        Library {
            page: "/htmx-4",
            script: read(&["htmx.org/dist/htmx.js", "htmx.org/dist/ext/hx-sse.js"]),
        },
        Library { page: "/datastar", script: datastar },
    ])
}

fn script(modules: &Path, file: &str) -> String {
    read_to_string(modules.join(file)).unwrap_or_else(|error| panic!("{file}: {error}")) + ";\n"
}

async fn server(port: u16) -> Recipe {
    Recipe::start_at(&mut Command::new(env!("CARGO_BIN_EXE_table")), port).await
}

async fn sell(server: &Recipe, row: usize) {
    let sold =
        request(server.address(), &format!("POST /sell/{row}"), &["Content-Length: 0"]).await;
    assert_eq!(sold.status, 200);
}

/// Waits until the page shows this many of each.
async fn shows(browser: &Client, counts: [u32; 3]) {
    let cells =
        "[...document.querySelectorAll('td:last-child')].map(cell => cell.textContent).join()";
    let counts = counts.map(|count| count.to_string()).join(",");
    until(browser, &format!("{cells} === '{counts}'")).await;
}

/// The page stays the same page: it isn't loaded again. It remembers when it was frozen.
async fn mark(browser: &Client) {
    let script = "window.mark = [];
        for (const it of ['freeze', 'resume']) document.addEventListener(it, () => mark.push(it));";
    browser.execute(script, vec![]).await.expect("it runs");
}

async fn is_marked(browser: &Client) {
    until(browser, "mark.join() === 'freeze,resume,freeze,resume'").await;
}

/// The page is in the background twice while a row changes, the second time without a connection.
async fn catches_up_after_the_background(browser: &Client, server: &Recipe, line: &Line) {
    set_frozen(browser, true).await;
    sell(server, 0).await;
    set_frozen(browser, false).await;
    shows(browser, [98, 98, 99]).await;
    set_frozen(browser, true).await;
    line.cut();
    sell(server, 0).await;
    line.mend();
    set_frozen(browser, false).await;
    shows(browser, [97, 98, 99]).await;
}

/// The position of the newest event, as each page has it.
async fn position(server: &Recipe) -> String {
    let page = request(server.address(), "GET /", &[]).await.body().await.expect("a page");
    let (_, position) = page.split_once("lastEventId=").expect("a position");
    position.split('"').next().expect("an end").to_owned()
}

async fn a_page_shows_what_the_server_has(browser: &Client, library: &Library) {
    let mut before = server(0).await;
    let line = Line::to(before.address()).await;
    browser.goto(&format!("http://{}{}", line.address, library.page)).await.expect("it loads");
    mark(browser).await;
    before.program.says("stream: from ").await;
    // Past the heartbeat, which comes after 30 seconds.
    sleep(Duration::from_secs(31)).await;
    sell(&before, 0).await;
    shows(browser, [99, 100, 100]).await;
    let button = browser.find(Locator::Css("button")).await.expect("a button");
    button.click().await.expect("it clicks");
    shows(browser, [99, 100, 99]).await;

    // What is sold while the line is broken is shown, and no more is sent than that.
    let at = position(&before).await;
    line.cut();
    sell(&before, 1).await;
    sell(&before, 1).await;
    line.mend();
    shows(browser, [99, 98, 99]).await;
    // It comes back for the first time, with where it was.
    assert_eq!(before.program.says("stream: from ").await, at, "{}", library.page);

    catches_up_after_the_background(browser, &before, &line).await;

    // Another server has another stock, which is shown without anything having happened.
    before.program.process.kill().await.expect("it ends");
    let after = server(before.address().port()).await;
    shows(browser, [100, 100, 100]).await;
    sell(&after, 2).await;
    shows(browser, [100, 100, 99]).await;
    is_marked(browser).await;
}

#[tokio::test]
async fn htmx_2_shows_what_the_server_has_whatever_breaks() {
    whatever_breaks(0).await;
}

#[tokio::test]
async fn htmx_4_shows_what_the_server_has_whatever_breaks() {
    whatever_breaks(1).await;
}

#[tokio::test]
async fn datastar_shows_what_the_server_has_whatever_breaks() {
    whatever_breaks(2).await;
}

async fn whatever_breaks(library: usize) {
    let Some(libraries) = libraries() else { return };
    let Some((_driver, browser)) = start_browser(TEST).await else { return };
    let library = &libraries[library];
    run_in_each_page(&browser, &library.script).await;
    a_page_shows_what_the_server_has(&browser, library).await;
    browser.close().await.expect("the browser closes");
}
