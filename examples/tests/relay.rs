//! The relay, as clients and as the model behind it see it.

use std::net::SocketAddr;
use std::process::Stdio;

use tests::browser::{Locator, start_browser, until};
use tests::http::request;
use tests::left_out::left_out;
use tests::process::Program;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{ChildStdout, Command};

struct Relay {
    url: String,
    said: Lines<BufReader<ChildStdout>>,
    _process: Program,
}

impl Relay {
    async fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
        command.env("PORT", "0").env("RELAY_IDLE_MS", "500").stdout(Stdio::piped());
        let mut process = Program::start(&mut command).expect("it starts");
        let mut said = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let line = said.next_line().await.unwrap().expect("its address");
        let url = line.trim_start_matches("Open ").to_owned();
        Self { url, said, _process: process }
    }

    fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().expect("an address")
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

    async fn ask(&self, prompt: &str) -> (u16, String) {
        let mut response = request(self.address(), &format!("GET /ask?prompt={prompt}"), &[]).await;
        if response.status == 200 {
            return (200, response.text().await.expect("the body ends as it should"));
        }
        (response.status, String::new())
    }
}

#[tokio::test]
async fn an_answer_is_passed_on_and_the_key_stays() {
    let mut relay = Relay::start().await;
    let tokens = ["Hello", ", nice", " to", " meet", " you."];
    let answer = tokens.map(|token| format!("data: {token}\n\n")).concat();
    let (status, body) = relay.ask("hello").await;
    assert_eq!((status, body), (200, answer + "event: done\ndata: \n\n"));
    assert_eq!(relay.model().await, r#"asked "hello", with the key"#);
    assert_eq!(relay.model().await, "5 tokens, the answer was whole");
}

#[tokio::test]
async fn tokens_are_passed_on_while_the_model_still_thinks() {
    let relay = Relay::start().await;
    let mut response = request(relay.address(), "GET /ask?prompt=endless", &[]).await;
    // This model never ends its answer.
    for token in ["Hello", ", nice", " to"] {
        let chunk = response.chunk().await.unwrap().unwrap();
        assert_eq!(String::from_utf8(chunk).unwrap(), format!("data: {token}\n\n"));
    }
}

#[tokio::test]
async fn a_failure_before_the_first_token_is_a_status() {
    let mut relay = Relay::start().await;
    for prompt in ["refuse", "json"] {
        assert_eq!(relay.ask(prompt).await.0, 502);
        assert_eq!(relay.model().await, format!("asked {prompt:?}, with the key"));
    }
}

#[tokio::test]
async fn a_failure_after_the_first_token_is_an_event() {
    let mut relay = Relay::start().await;
    let told = "data: Hello\n\ndata: , nice\n\ndata:  to\n\nevent: failed\ndata: the model does not answer\n\n";
    for prompt in ["break", "error", "stall"] {
        assert_eq!(relay.ask(prompt).await, (200, told.to_owned()), "{prompt}");
        assert_eq!(relay.model().await, format!("asked {prompt:?}, with the key"));
        assert_eq!(relay.model().await, "3 tokens, the client has left");
    }
}

#[tokio::test]
async fn the_model_is_stopped_when_the_client_leaves() {
    let mut relay = Relay::start().await;
    let mut response = request(relay.address(), "GET /ask?prompt=endless", &[]).await;
    response.chunk().await.unwrap().expect("a token");
    drop(response);
    relay.model().await;
    assert!(relay.model().await.ends_with("tokens, the client has left"));
}

#[tokio::test]
async fn the_model_is_stopped_when_curl_is() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        return left_out("the relay's test with curl", "curl");
    }
    let mut relay = Relay::start().await;
    let mut curl = Command::new("curl");
    curl.args(["-sN", "--noproxy", "*", &format!("{}/ask?prompt=endless", relay.url)]);
    let mut curl = Program::start(curl.stdout(Stdio::piped())).unwrap();
    let mut lines = BufReader::new(curl.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("data: Hello"));
    curl.kill().await.unwrap();
    relay.model().await;
    assert!(relay.model().await.ends_with("tokens, the client has left"));
}

#[tokio::test]
async fn a_browser_shows_the_answer_and_stops_the_model_when_it_goes_elsewhere() {
    let Some((_driver, browser)) = start_browser("the relay's test").await else { return };
    let mut relay = Relay::start().await;
    browser.goto(&relay.url).await.expect("the page loads");
    let state = async |expected: &str| {
        until(&browser, &format!("state.value === '{expected}'")).await;
    };
    let ask = async |prompt: &str| {
        browser.execute(&format!("ask('{prompt}')"), vec![]).await.expect("a question");
    };

    ask("hello").await;
    state("done").await;
    let answer = browser.find(Locator::Id("answer")).await.expect("a paragraph");
    assert_eq!(answer.text().await.unwrap(), "Hello, nice to meet you.");
    ask("refuse").await;
    state("no answer").await;
    ask("break").await;
    state("the model does not answer").await;
    ask("error").await;
    state("the model does not answer").await;
    for _ in 0..7 {
        relay.model().await;
    }

    ask("endless").await;
    state("answering").await;
    browser.goto("about:blank").await.expect("it goes");
    assert_eq!(relay.model().await, r#"asked "endless", with the key"#);
    assert!(relay.model().await.ends_with("tokens, the client has left"));
    browser.close().await.expect("the browser closes");
}
