//! The assistant: its answer survives a reload, in two tabs, and is stopped by its button.

use std::process::Stdio;

use tests::browser::{Client, Locator, WindowHandle, start_browser, until};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// What the model sends for each prompt, once or several times.
const TOKENS: [&str; 5] = [" Hello", ", nice", " to", " meet", " you."];

struct Assistant {
    url: String,
    said: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Assistant {
    async fn start(program: &str) -> Self {
        let mut command = Command::new(program);
        command.env("PORT", "0").env("ROCKET_LOG_LEVEL", "off").stdout(Stdio::piped());
        let mut process = command.kill_on_drop(true).spawn().expect("it starts");
        let mut said = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let url = loop {
            let line = said.next_line().await.unwrap().expect("its address");
            if let Some(url) = line.strip_prefix("Open ") {
                break url.to_owned();
            }
        };
        Self { url, said, _process: process }
    }

    /// What the model says next.
    async fn model(&mut self) -> String {
        loop {
            let line = self.said.next_line().await.unwrap().expect("it runs");
            if let Some(line) = line.strip_prefix("model: ") {
                return line.to_owned();
            }
        }
    }
}

/// The first tokens that the model sends.
fn sent(tokens: usize) -> String {
    let text: String = TOKENS.into_iter().cycle().take(tokens).collect();
    text.trim_start().to_owned()
}

async fn ask(browser: &Client, prompt: &str) {
    browser.execute(&format!("ask('{prompt}')"), vec![]).await.expect("a question");
}

async fn state_is(browser: &Client, state: &str) {
    until(browser, &format!("document.getElementById('state').value === '{state}'")).await;
}

async fn has(browser: &Client, characters: usize) {
    let length = "document.getElementById('answer').textContent.length";
    until(browser, &format!("{length} >= {characters}")).await;
}

async fn answer(browser: &Client) -> String {
    let script = "return document.getElementById('answer').textContent";
    let text = browser.execute(script, vec![]).await.expect("it has text");
    text.as_str().expect("text").to_owned()
}

async fn switch(browser: &Client, tab: &WindowHandle) {
    browser.switch_to_window(tab.clone()).await.expect("it is open");
}

async fn an_answer_survives(program: &str) {
    let Some((_driver, browser)) = start_browser("the assistant's test").await else { return };
    let mut assistant = Assistant::start(program).await;
    browser.goto(&assistant.url).await.expect("the page loads");
    ask(&browser, "long").await;
    assert_eq!(assistant.model().await, r#"asked "long", with the key"#);

    // A reload in the middle.
    has(&browser, 20).await;
    browser.refresh().await.expect("it reloads");
    has(&browser, 40).await;

    // A second tab, which then is the only one.
    let first = browser.window().await.expect("a tab");
    let address = browser.current_url().await.expect("an address");
    let second = browser.new_window(true).await.expect("a tab").handle;
    switch(&browser, &second).await;
    browser.goto(address.as_str()).await.expect("the page loads");
    has(&browser, 60).await;
    switch(&browser, &first).await;
    state_is(&browser, "done").await;
    assert_eq!(answer(&browser).await, sent(60));
    browser.close_window().await.expect("it closes");
    switch(&browser, &second).await;
    state_is(&browser, "done").await;
    assert_eq!(answer(&browser).await, sent(60));
    assert_eq!(assistant.model().await, "60 tokens, the answer was whole", "it was asked once");

    the_button_stops_it(&browser, &mut assistant).await;
    browser.close().await.expect("the browser closes");
}

/// In all tabs, after the one that asked is closed.
async fn the_button_stops_it(browser: &Client, assistant: &mut Assistant) {
    let asks = browser.window().await.expect("a tab");
    ask(browser, "endless").await;
    has(browser, 20).await;
    let address = browser.current_url().await.expect("an address");
    let mut handles = Vec::new();
    for _ in 0..2 {
        let tab = browser.new_window(true).await.expect("a tab").handle;
        switch(browser, &tab).await;
        browser.goto(address.as_str()).await.expect("the page loads");
        has(browser, 20).await;
        handles.push(tab);
    }
    switch(browser, &asks).await;
    browser.close_window().await.expect("it closes");
    switch(browser, &handles[0]).await;
    browser.find(Locator::Id("stop")).await.expect("a button").click().await.expect("it clicks");
    let mut answers = Vec::new();
    for tab in &handles {
        switch(browser, tab).await;
        state_is(browser, "stopped").await;
        answers.push(answer(browser).await);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(assistant.model().await, r#"asked "endless", with the key"#);
    let said = assistant.model().await;
    let tokens = said.strip_suffix(" tokens, the client has left").expect("it is told to stop");
    let sent = sent(tokens.parse().expect("a number"));
    // The last token may have been on its way when the run was stopped.
    assert!(sent.starts_with(&answers[0]) && sent.len() <= answers[0].len() + 8, "{answers:?}");
}

#[tokio::test]
async fn an_answer_survives_a_reload_and_the_tab_that_asked_in_rocket() {
    an_answer_survives(env!("CARGO_BIN_EXE_assistant")).await;
}

#[tokio::test]
async fn an_answer_survives_a_reload_and_the_tab_that_asked_in_axum() {
    an_answer_survives(env!("CARGO_BIN_EXE_assistant_axum")).await;
}
