//! The chat in Vercel's protocol, in Chromium, on a page with React's `useChat`.

use tests::browser::{Client, Locator, WindowHandle, run_in_each_page, start_browser, until};
use tests::client_program::{node, node_modules};
use tests::process::output;
use tests::recipe::{Recipe, script};
use tokio::process::Command;

use crate::ui_messages::{PROGRAMS, Page, client, words};

const TEST: &str = "the test of useChat";

/// The page's script, with the libraries that it imports.
async fn bundle() -> Option<String> {
    let bundler = node_modules(TEST)?.join("esbuild/bin/esbuild");
    let mut bundler = node(TEST, &bundler)?;
    bundler.arg(script("use_chat.jsx")).args(["--bundle", "--jsx=automatic", "--log-level=error"]);
    let bundle = output(bundler.arg("--define:process.env.NODE_ENV=\"production\"")).await;
    let bundle = bundle.expect("it runs");
    assert!(bundle.status.success(), "{}", String::from_utf8_lossy(&bundle.stderr));
    Some(String::from_utf8(bundle.stdout).expect("a script"))
}

/// A browser whose tabs hold the page.
struct Tabs {
    browser: Client,
    bundle: String,
    server: String,
}

impl Tabs {
    /// Opens another, and goes there.
    async fn open(&self) -> WindowHandle {
        let tab = self.browser.new_window(true).await.expect("a tab").handle;
        self.go_to(&tab).await;
        run_in_each_page(&self.browser, &self.bundle).await;
        self.browser.goto(&self.server).await.expect("it loads");
        tab
    }

    async fn go_to(&self, tab: &WindowHandle) {
        self.browser.switch_to_window(tab.clone()).await.expect("it is open");
    }

    async fn close(&self) {
        self.browser.close_window().await.expect("it closes");
    }

    async fn click(&self, button: &str) {
        self.browser.wait().for_element(Locator::Id(button)).await.expect("a button");
        let button = self.browser.find(Locator::Id(button)).await.expect("a button");
        button.click().await.expect("it clicks");
    }

    async fn show_words(&self, count: usize) {
        let length = words(count).len();
        until(
            &self.browser,
            &format!("document.querySelector('p')?.textContent.length >= {length}"),
        )
        .await;
    }

    /// What a tab shows when the chat is ready: the only answer, with its ID.
    async fn answer(&self) -> (String, String) {
        until(&self.browser, "document.getElementById('status')?.value === 'ready'").await;
        let shown = "return [document.getElementById('error').value,
            ...[...document.querySelectorAll('p')].flatMap(answer => [answer.id, answer.textContent])]";
        let shown = self.browser.execute(shown, vec![]).await.expect("it runs");
        let [error, id, text]: [String; 3] = serde_json::from_value(shown).expect("an answer");
        assert_eq!(error, "");
        (id, text)
    }
}

/// Does this in a browser for each of the servers.
async fn for_each_server(test: impl AsyncFn(&Tabs, &mut Recipe)) {
    let Some(bundle) = bundle().await else { return };
    for program in PROGRAMS {
        let Some((_driver, browser)) = start_browser(TEST).await else { return };
        let mut server = Recipe::start(&mut Command::new(program)).await;
        let tabs = Tabs { browser, bundle: bundle.clone(), server: server.url.clone() };
        test(&tabs, &mut server).await;
        tabs.browser.close().await.expect("the browser closes");
    }
}

#[tokio::test]
async fn in_chromium_an_answer_survives_a_reload_and_the_tab_that_asked() {
    for_each_server(async |tabs, server| {
        let first = tabs.open().await;
        tabs.click("ask-long").await;
        tabs.show_words(5).await;
        tabs.browser.refresh().await.expect("it loads");
        tabs.show_words(10).await;
        let second = tabs.open().await;
        tabs.show_words(15).await;
        tabs.go_to(&first).await;
        tabs.close().await;
        tabs.go_to(&second).await;
        let answer = tabs.answer().await;
        assert_eq!(answer.1, words(60));
        // One that comes when all is over.
        tabs.open().await;
        tabs.show_words(60).await;
        assert_eq!(tabs.answer().await, answer);
        assert_eq!(server.program.says("model: ").await, r#"asked "long", with the key"#);
        assert_eq!(server.program.says("model: ").await, "60 tokens, the answer was whole");
    })
    .await;
}

#[tokio::test]
async fn in_chromium_the_stop_button_stops_the_model_and_all_tabs() {
    for_each_server(async |tabs, server| {
        let first = tabs.open().await;
        tabs.click("ask-endless").await;
        tabs.show_words(5).await;
        tabs.open().await;
        tabs.show_words(10).await;
        tabs.click("stop").await;
        let answer = tabs.answer().await;
        tabs.go_to(&first).await;
        assert_eq!(tabs.answer().await, answer);
        server.program.says("model: ").await;
        let said = server.program.says("model: ").await;
        assert!(said.ends_with("tokens, the client has left"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn in_chromium_an_answer_that_has_lost_its_beginning_is_an_error_and_no_half_answer() {
    for_each_server(async |tabs, server| {
        let Some(client) = client() else { return };
        let mut asks = Page::open(client, server);
        asks.0.tell("ask flood").await;
        assert_eq!(server.program.says("model: ").await, r#"asked "flood", with the key"#);
        drop(asks);
        assert_eq!(server.program.says("model: ").await, "150 tokens, the answer was whole");
        tabs.open().await;
        until(&tabs.browser, "document.getElementById('status')?.value === 'error'").await;
        let shown = "return [document.getElementById('error').value, document.querySelector('p')?.textContent ?? '']";
        let shown = tabs.browser.execute(shown, vec![]).await.expect("it runs");
        assert_eq!(shown, serde_json::json!(["a part of the answer is gone", ""]));
    })
    .await;
}
