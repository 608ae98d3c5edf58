//! The relay for OpenAI's clients, read by both of them.

use serde_json::{Value, json};
use tests::client_program::{node, python};
use tests::recipe::{Recipe, Running, script};
use tokio::process::Command;

type Client = fn() -> Option<Command>;

fn from_npm() -> Option<Command> {
    node("the test of the relay with npm's openai", &script("ask_openai.cjs"))
}

fn from_pypi() -> Option<Command> {
    python("the test of the relay with PyPI's openai", &script("ask_openai.py"))
}

const WORDS: [&str; 5] = ["Hello", ", nice", " to", " meet", " you"];

/// What a client says of an answer of these words with this end.
fn answer(words: &[&str], end: [&str; 2]) -> Vec<Value> {
    let words = words.iter().map(|word| json!(["token", word]));
    words.chain([json!(end)]).collect()
}

const WHOLE: [&str; 2] = ["end", ""];
const BROKEN: [&str; 2] = ["error", "the model broke off"];

struct Asked {
    relay: Recipe,
    client: Running,
}

async fn ask(client: Client, prompt: &str) -> Option<Asked> {
    let mut client = client()?;
    let mut relay = Command::new(env!("CARGO_BIN_EXE_openai"));
    let relay = Recipe::start(relay.env("RELAY_IDLE_MS", "1000")).await;
    let client = Running::start(client.arg(format!("{}/v1", relay.url)).arg(prompt));
    Some(Asked { relay, client })
}

/// Asks for each, and compares what the client says.
async fn reads(client: Client, expected: &[(&str, Vec<Value>)]) {
    for (prompt, expected) in expected {
        let Some(mut asked) = ask(client, prompt).await else { return };
        assert_eq!(asked.client.all_json().await, *expected, "{prompt}");
    }
}

async fn reads_whole_answers(client: Client) {
    let whole = || answer(&WORDS, WHOLE);
    // "slow" needs longer than the relay waits for any one piece, and "busy" refuses the first time.
    let prompts = ["hello", "slow", "unfinished", "busy"];
    reads(client, &prompts.map(|prompt| (prompt, whole()))).await;
}

async fn is_told_of_failures(client: Client) {
    let broken = || answer(&WORDS[..3], BROKEN);
    reads(client, &["cut", "short", "silent"].map(|prompt| (prompt, broken()))).await;
}

/// Both clients try again, twice, and then say what the relay said.
async fn is_told_of_json(client: Client, says: &str) {
    let Some(mut asked) = ask(client, "json").await else { return };
    assert_eq!(asked.client.all_json().await, answer(&[], ["error", says]));
    for _ in 0..3 {
        assert_eq!(asked.relay.program.says("model: ").await, r#"asked "json""#);
    }
}

async fn stops_the_model(client: Client) {
    let Some(mut asked) = ask(client, "endless").await else { return };
    for word in WORDS {
        assert_eq!(asked.client.json().await, Some(json!(["token", word])));
    }
    asked.client.process.kill().await.expect("it ends");
    assert_eq!(asked.relay.program.says("model: ").await, r#"asked "endless""#);
    assert_eq!(asked.relay.program.says("model: ").await, r#"done with "endless""#);
}

#[tokio::test]
async fn npms_client_reads_whole_answers() {
    reads_whole_answers(from_npm).await;
}

#[tokio::test]
async fn pypis_client_reads_whole_answers() {
    reads_whole_answers(from_pypi).await;
}

#[tokio::test]
async fn npms_client_is_told_that_the_model_broke_off() {
    is_told_of_failures(from_npm).await;
}

#[tokio::test]
async fn pypis_client_is_told_that_the_model_broke_off() {
    is_told_of_failures(from_pypi).await;
}

#[tokio::test]
async fn npms_client_is_told_of_a_model_that_sends_json() {
    is_told_of_json(from_npm, "502 no stream").await;
}

#[tokio::test]
async fn pypis_client_is_told_of_a_model_that_sends_json() {
    is_told_of_json(from_pypi, "Error code: 502 - no stream").await;
}

#[tokio::test]
async fn npms_client_stops_the_model_when_it_leaves() {
    stops_the_model(from_npm).await;
}

#[tokio::test]
async fn pypis_client_stops_the_model_when_it_leaves() {
    stops_the_model(from_pypi).await;
}
