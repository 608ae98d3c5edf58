//! As much of the Language Server Protocol as the questions need.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::Result;

pub(crate) struct Analyzer {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
    version: u64,
}

impl Drop for Analyzer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
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
            .map_err(|error| format!("can't start {}: {error}", program.display()))?;
        let input = process.stdin.take().ok_or("a pipe")?;
        let output = BufReader::new(process.stdout.take().ok_or("a pipe")?);
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
        analyzer.notify("initialized", &json!({}))?;
        loop {
            let message = analyzer.receive()?;
            let quiet = message["params"]["quiescent"] == json!(true);
            if message["method"] == "experimental/serverStatus" && quiet {
                return Ok(analyzer);
            }
        }
    }

    /// Shows it a file's new text.
    pub(crate) fn open(&mut self, file: &Path, text: &str) -> Result {
        self.version += 1;
        let (uri, version) = (uri(file), self.version);
        if version == 1 {
            let document =
                json!({ "uri": uri, "languageId": "rust", "version": version, "text": text });
            return self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        }
        let change = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "text": text }],
        });
        self.notify("textDocument/didChange", &change)
    }

    /// Asks what it knows at a place; lines and columns count from zero.
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
        // What has become of an older text is asked for again.
        const CONTENT_MODIFIED: i64 = -32801;
        loop {
            self.last_id += 1;
            let id = self.last_id;
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
            let answer = loop {
                let message = self.receive()?;
                if message["id"] == json!(id) && message.get("method").is_none() {
                    break message;
                }
            };
            match answer.get("error") {
                None => return Ok(answer["result"].clone()),
                Some(error) if error["code"] == json!(CONTENT_MODIFIED) => {}
                Some(error) => return Err(format!("{method}: {error}")),
            }
        }
    }

    fn notify(&mut self, method: &str, params: &Value) -> Result {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn send(&mut self, message: &Value) -> Result {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())
            .and_then(|()| self.input.flush())
            .map_err(|error| format!("the analyzer does not listen: {error}"))
    }

    /// The next message. Requests of the analyzer's own are answered with nothing.
    fn receive(&mut self) -> Result<Value> {
        let broken = |error| format!("the analyzer does not answer: {error}");
        let mut length = 0;
        loop {
            let mut header = String::new();
            if self.output.read_line(&mut header).map_err(broken)? == 0 {
                return Err("the analyzer has ended".to_owned());
            }
            match header.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => {
                    length = value.parse().map_err(|_| "a length is a number")?;
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).map_err(broken)?;
        let message: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        if message.get("id").is_some() && message.get("method").is_some() {
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": null }))?;
        }
        Ok(message)
    }
}

/// The names that a completion offers.
pub(crate) fn labels(completion: &Value) -> Vec<&str> {
    let items = completion.get("items").unwrap_or(completion).as_array();
    items.into_iter().flatten().filter_map(|item| item["label"].as_str()).collect()
}

/// The line that a definition begins at.
pub(crate) fn target_line(definition: &Value) -> Option<usize> {
    let target = definition.as_array().and_then(|targets| targets.first()).unwrap_or(definition);
    let range = target.get("targetSelectionRange").or_else(|| target.get("range"))?;
    usize::try_from(range["start"]["line"].as_u64()?).ok()
}

fn uri(path: &Path) -> String {
    let path = path.display().to_string();
    format!("file://{}", path.replace('%', "%25").replace(' ', "%20"))
}
