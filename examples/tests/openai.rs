//! The relay, read by the clients of OpenAI's API and of Anthropic's.

use serde_json::{Value, json};
use tests::client_program::{node, python};
use tests::recipe::{Recipe, Running, script};
use tokio::process::Command;

struct Client {
    runs: fn(test: &str, script: &std::path::Path) -> Option<Command>,
    script: &'static str,
    /// Why a whole answer ends, in the words of its API.
    finish: &'static str,
    /// What it says of a status.
    bad_gateway: &'static str,
}

const OPENAI: [Client; 2] = [
    Client { runs: node, script: "ask_openai.cjs", finish: "stop", bad_gateway: "502 no stream" },
    Client {
        runs: python,
        script: "ask_openai.py",
        finish: "stop",
        bad_gateway: "Error code: 502 - no stream",
    },
];

const ANTHROPIC: [Client; 2] = [
    Client {
        runs: node,
        script: "ask_anthropic.cjs",
        finish: "end_turn",
        bad_gateway: "no stream",
    },
    Client {
        runs: python,
        script: "ask_anthropic.py",
        finish: "end_turn",
        bad_gateway: "no stream",
    },
];

const WORDS: [&str; 5] = ["Hello", ", nice", " to", " meet", " you"];

/// What a client says of an answer of these words with this end.
fn answer(words: &[&str], end: [&str; 2]) -> Vec<Value> {
    let words = words.iter().map(|word| json!(["token", word]));
    words.chain([json!(end)]).collect()
}

struct Asked {
    relay: Recipe,
    client: Running,
}

impl Client {
    async fn ask(&self, prompt: &str) -> Option<Asked> {
        let mut client = (self.runs)("the test of the relay", &script(self.script))?;
        let mut relay = Command::new(env!("CARGO_BIN_EXE_openai"));
        let relay = Recipe::start(relay.env("RELAY_IDLE_MS", "1000")).await;
        let client = Running::start(client.arg(&relay.url).arg(prompt));
        Some(Asked { relay, client })
    }

    /// Asks each of these, and compares what the client says.
    async fn reads(&self, prompts: &[&str], expected: &[Value]) {
        for prompt in prompts {
            let Some(mut asked) = self.ask(prompt).await else { return };
            assert_eq!(asked.client.all_json().await, expected, "{prompt}, {}", self.script);
        }
    }

    async fn reads_whole_answers(&self) {
        // "slow" needs longer than the relay waits for any one piece, and "busy" refuses the first time.
        let prompts = ["hello", "slow", "unfinished", "busy"];
        self.reads(&prompts, &answer(&WORDS, ["end", self.finish])).await;
    }

    async fn is_told_that_the_model_broke_off(&self) {
        let broken = answer(&WORDS[..3], ["error", "the model broke off"]);
        self.reads(&["cut", "short", "silent"], &broken).await;
    }

    /// It tries again, twice, and then says what the relay said.
    async fn is_told_of_json(&self) {
        let Some(mut asked) = self.ask("json").await else { return };
        assert_eq!(asked.client.all_json().await, answer(&[], ["error", self.bad_gateway]));
        for _ in 0..3 {
            assert_eq!(asked.relay.program.says("model: ").await, r#"asked "json""#);
        }
    }

    async fn stops_the_model(&self) {
        let Some(mut asked) = self.ask("endless").await else { return };
        for word in WORDS {
            assert_eq!(asked.client.json().await, Some(json!(["token", word])));
        }
        asked.client.process.kill().await.expect("it ends");
        assert_eq!(asked.relay.program.says("model: ").await, r#"asked "endless""#);
        assert_eq!(asked.relay.program.says("model: ").await, r#"done with "endless""#);
    }
}

#[tokio::test]
async fn openais_clients_read_whole_answers() {
    for client in OPENAI {
        client.reads_whole_answers().await;
    }
}

#[tokio::test]
async fn anthropics_clients_read_whole_answers() {
    for client in ANTHROPIC {
        client.reads_whole_answers().await;
    }
}

#[tokio::test]
async fn openais_clients_are_told_that_the_model_broke_off() {
    for client in OPENAI {
        client.is_told_that_the_model_broke_off().await;
    }
}

#[tokio::test]
async fn anthropics_clients_are_told_that_the_model_broke_off() {
    for client in ANTHROPIC {
        client.is_told_that_the_model_broke_off().await;
    }
}

#[tokio::test]
async fn a_model_that_sends_json_is_an_error() {
    for client in OPENAI.into_iter().chain(ANTHROPIC) {
        client.is_told_of_json().await;
    }
}

#[tokio::test]
async fn a_client_that_leaves_stops_the_model() {
    for client in OPENAI.into_iter().chain(ANTHROPIC) {
        client.stops_the_model().await;
    }
}
