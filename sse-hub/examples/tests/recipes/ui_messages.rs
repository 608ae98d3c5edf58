//! The chat in Vercel's protocol, read by the AI SDK's own chat and transport.

use serde::Deserialize;
use tests::client_program::node;
use tests::http::request;
use tests::recipe::{Recipe, Running, script};
use tokio::process::Command;

pub(crate) const PROGRAMS: [&str; 2] =
    [env!("CARGO_BIN_EXE_ui_messages"), env!("CARGO_BIN_EXE_ui_messages_axum")];

/// What the model sends for each prompt, once or several times.
const WORDS: [&str; 5] = [" Hello", ", nice", " to", " meet", " you."];

/// What a chat shows: the ID of each answer, and its text.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
struct Shown {
    status: String,
    error: Option<String>,
    answers: Vec<(String, String)>,
}

impl Shown {
    /// The only answer.
    fn text(&self) -> &str {
        match &*self.answers {
            [] => "",
            [(_, text)] => text,
            _ => panic!("an answer is shown twice: {self:?}"),
        }
    }
}

/// A page with a chat.
pub(crate) struct Page(pub(crate) Running);

impl Page {
    pub(crate) fn open(mut client: Command, server: &Recipe) -> Self {
        Self(Running::start(client.arg(&server.url).arg("chat 1")))
    }

    /// What it shows as soon as this is so.
    async fn shows(&mut self, is_so: impl Fn(&Shown) -> bool) -> Shown {
        loop {
            let line = self.0.json().await.expect("the page is open");
            match serde_json::from_value(line) {
                Ok(shown) if is_so(&shown) => return shown,
                _ => {}
            }
        }
    }

    async fn shows_words(&mut self, count: usize) -> Shown {
        let words = words(count);
        self.shows(|shown| shown.text().len() >= words.len()).await
    }

    /// What it shows when it has done this.
    async fn did(&mut self, what: &str) -> Shown {
        let mut last = Shown::default();
        loop {
            let line = self.0.json().await.expect("the page is open");
            if line["did"] == what {
                return last;
            }
            if let Ok(shown) = serde_json::from_value(line) {
                last = shown;
            }
        }
    }
}

pub(crate) fn words(count: usize) -> String {
    let text: String = WORDS.into_iter().cycle().take(count).collect();
    text.trim_start().to_owned()
}

pub(crate) fn client() -> Option<Command> {
    node("the test of Vercel's protocol", &script("ui_messages.cjs"))
}

async fn press_stop(server: &Recipe) -> u16 {
    request(server.address(), "DELETE /api/chat/chat%201", &[]).await.status
}

#[tokio::test]
async fn an_answer_survives_a_reload_and_all_tabs_show_the_same() {
    for program in PROGRAMS {
        let (Some(first), Some(second), Some(third)) = (client(), client(), client()) else {
            return;
        };
        let mut server = Recipe::start(&mut Command::new(program)).await;
        let mut first = Page::open(first, &server);
        first.0.tell("ask long").await;
        first.shows_words(5).await;
        let mut second = Page::open(second, &server);
        second.0.tell("resume").await;
        second.shows_words(10).await;
        first.0.process.kill().await.expect("it closes");
        // The client's own stop closes no more than its connection.
        second.0.tell("stop").await;
        second.did("stop").await;
        second.0.tell("resume").await;
        let mut third = Page::open(third, &server);
        third.0.tell("resume").await;
        let (second, third) = (second.did("resume").await, third.did("resume").await);
        assert_eq!(second.answers, third.answers);
        assert_eq!(
            (&*second.status, &*third.status, third.text()),
            ("ready", "ready", &*words(60))
        );
        assert_eq!(server.program.says("model: ").await, r#"asked "long", with the key"#);
        assert_eq!(server.program.says("model: ").await, "60 tokens, the answer was whole");
    }
}

#[tokio::test]
async fn the_stop_button_stops_the_model_and_all_tabs() {
    for program in PROGRAMS {
        let (Some(first), Some(second)) = (client(), client()) else { return };
        let mut server = Recipe::start(&mut Command::new(program)).await;
        let [mut first, mut second] = [first, second].map(|client| Page::open(client, &server));
        first.0.tell("ask endless").await;
        first.shows_words(5).await;
        second.0.tell("resume").await;
        second.shows_words(10).await;
        assert_eq!(press_stop(&server).await, 204);
        let (first, second) = (first.did("ask").await, second.did("resume").await);
        assert_eq!(first, second);
        assert_eq!((&*first.status, &first.error), ("ready", &None));
        server.program.says("model: ").await;
        let said = server.program.says("model: ").await;
        assert!(said.ends_with("tokens, the client has left"), "{said}");
        assert_eq!(press_stop(&server).await, 404);
    }
}

#[tokio::test]
async fn a_model_that_fails_is_an_error_after_all_that_it_said() {
    for program in PROGRAMS {
        for (prompt, said) in [("break", words(3)), ("error", words(3)), ("panic", words(0))] {
            let (Some(first), Some(second)) = (client(), client()) else { return };
            let server = Recipe::start(&mut Command::new(program)).await;
            let [mut first, mut second] = [first, second].map(|client| Page::open(client, &server));
            first.0.tell(&format!("ask {prompt}")).await;
            let first = first.did("ask").await;
            let error = Some("the model does not answer".to_owned());
            assert_eq!((&*first.status, &first.error, first.text()), ("error", &error, &*said));
            // And after a reload.
            second.0.tell("resume").await;
            assert_eq!(second.did("resume").await, first);
        }
    }
}

/// The server is killed in the middle of an answer, and started again. Returns what the page shows
/// before and after.
async fn killed_in_between(program: &str, runs: &str, client: Command) -> (Shown, Shown) {
    let server = || Command::new(program);
    let mut before = Recipe::start(server().env("RUNS", runs)).await;
    let mut page = Page::open(client, &before);
    page.0.tell("ask endless").await;
    page.shows_words(10).await;
    before.program.process.kill().await.expect("it ends");
    let cut_off = page.did("ask").await;
    assert_eq!(cut_off.status, "error");
    let _after = Recipe::start_at(server().env("RUNS", runs), before.address().port()).await;
    page.0.tell("resume").await;
    (cut_off, page.did("resume").await)
}

#[tokio::test]
async fn in_a_folder_what_was_said_survives_the_server() {
    for program in PROGRAMS {
        let Some(client) = client() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let runs = format!("file:{}", folder.path().display());
        let (cut_off, resumed) = killed_in_between(program, &runs, client).await;
        assert_eq!(resumed.error.as_deref(), Some("the model does not answer"));
        // What clients have seen was on the disk before, and perhaps there is more.
        assert_eq!(resumed.answers[0].0, cut_off.answers[0].0);
        assert!(resumed.text().starts_with(cut_off.text()));
    }
}

#[tokio::test]
async fn in_memory_the_page_keeps_what_it_shows_when_the_server_is_restarted() {
    for program in PROGRAMS {
        let Some(client) = client() else { return };
        let (cut_off, resumed) = killed_in_between(program, "memory:", client).await;
        assert_eq!((&*resumed.status, &resumed.answers), ("ready", &cut_off.answers));
    }
}

#[tokio::test]
async fn a_new_question_takes_the_place_of_one_that_is_being_answered() {
    for program in PROGRAMS {
        let Some(client) = client() else { return };
        let server = Recipe::start(&mut Command::new(program)).await;
        let mut page = Page::open(client, &server);
        page.0.tell("ask endless").await;
        page.shows_words(5).await;
        page.0.tell("stop").await;
        page.did("stop").await;
        page.0.tell("ask hello").await;
        let shown = page.shows(|shown| shown.status == "ready" && shown.answers.len() == 2).await;
        assert_eq!(shown.answers[1].1, words(5));
    }
}
