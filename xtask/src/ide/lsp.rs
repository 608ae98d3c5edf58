//! Speaks as much of the Language Server Protocol as the questions need.

use std::io::BufReader;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use serde_json::{Value, json};

pub(crate) struct Analyzer {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: i32,
    version: u64,
}

impl Drop for Analyzer {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

impl Analyzer {
    /// Starts the `rust-analyzer` on the path, or what `RUST_ANALYZER` names, and waits until
    /// it knows the project.
    pub(crate) fn start(project: &Path) -> Result<Self> {
        let program = std::env::var_os("RUST_ANALYZER").unwrap_or("rust-analyzer".into());
        let mut process = Command::new(&program)
            .current_dir(project)
            .env("RUSTUP_TOOLCHAIN", "nightly")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let input = process.stdin.take().context("a pipe")?;
        let output = BufReader::new(process.stdout.take().context("a pipe")?);
        let mut analyzer = Self { process, input, output, last_id: 0, version: 0 };
        analyzer.request("initialize", &json!({
            "processId": null,
            "rootUri": uri(project),
            "capabilities": {
                "experimental": { "serverStatusNotification": true },
                "textDocument": { "completion": { "completionItem": { "snippetSupport": false } } },
            },
            "initializationOptions": {
                "checkOnSave": false,
                "procMacro": { "enable": true },
                "cachePriming": { "enable": false },
            },
        }))?;
        analyzer.notify("initialized", json!({}))?;
        loop {
            if let Message::Notification(it) = analyzer.receive()?
                && it.method == "experimental/serverStatus"
                && it.params["quiescent"] == true
            {
                return Ok(analyzer);
            }
        }
    }

    /// Sends a file's new text.
    pub(crate) fn open(&mut self, file: &Path, text: &str) -> Result<()> {
        self.version += 1;
        let (uri, version) = (uri(file), self.version);
        if version == 1 {
            let document =
                json!({ "uri": uri, "languageId": "rust", "version": version, "text": text });
            return self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        }
        let change = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "text": text }],
        });
        self.notify("textDocument/didChange", change)
    }

    /// Asks what the analyzer knows at a place; lines and columns count from zero.
    pub(crate) fn ask(
        &mut self,
        what: &str,
        file: &Path,
        line: usize,
        column: usize,
    ) -> Result<Value> {
        let place = json!({
            "textDocument": { "uri": uri(file) },
            "position": { "line": line, "character": column },
        });
        self.request(&format!("textDocument/{what}"), &place)
    }

    fn request(&mut self, method: &str, params: &Value) -> Result<Value> {
        loop {
            self.last_id += 1;
            self.send(Request::new(self.last_id.into(), method.to_owned(), params.clone()))?;
            // There is one question at a time.
            let answer = loop {
                if let Message::Response(answer) = self.receive()? {
                    break answer;
                }
            };
            match answer.error {
                None => return Ok(answer.result.unwrap_or_default()),
                // The answer would have been about an older text, so the request is made again.
                Some(error) if error.code == ErrorCode::ContentModified as i32 => {}
                Some(error) => bail!("{method}: {}", error.message),
            }
        }
    }

    fn notify(&mut self, method: &str, params: Value) -> Result<()> {
        self.send(Notification::new(method.to_owned(), params))
    }

    fn send(&mut self, message: impl Into<Message>) -> Result<()> {
        message.into().write(&mut self.input).context("the analyzer does not listen")
    }

    /// Returns the next message. Answers the analyzer's own requests with nothing.
    fn receive(&mut self) -> Result<Message> {
        loop {
            match Message::read(&mut self.output)?.context("the analyzer has ended")? {
                Message::Request(it) => self.send(Response::new_ok(it.id, Value::Null))?,
                other => return Ok(other),
            }
        }
    }
}

/// Returns the names that a completion offers.
pub(crate) fn labels(completion: &Value) -> Vec<&str> {
    let items = completion.get("items").unwrap_or(completion).as_array();
    items.into_iter().flatten().filter_map(|item| item["label"].as_str()).collect()
}

/// Returns the line at which a definition begins.
pub(crate) fn target_line(definition: &Value) -> Option<usize> {
    let target = definition.as_array().and_then(|targets| targets.first()).unwrap_or(definition);
    let range = target.get("targetSelectionRange").or_else(|| target.get("range"))?;
    usize::try_from(range["start"]["line"].as_u64()?).ok()
}

fn uri(path: &Path) -> String {
    let path = path.display().to_string();
    format!("file://{}", path.replace('%', "%25").replace(' ', "%20"))
}
