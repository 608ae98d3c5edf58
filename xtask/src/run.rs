//! Running commands.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) type Result<T = ()> = std::result::Result<T, String>;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is in the workspace").to_owned()
}

/// A command from its words, to be run in the workspace's folder.
pub(crate) fn command(words: &str) -> Command {
    let mut words = words.split(' ');
    let program = words.next().unwrap_or_default();
    // The same toolchain as this program's.
    let program = if program == "cargo" { env!("CARGO") } else { program };
    let mut command = Command::new(program);
    command.args(words).current_dir(root());
    command
}

/// Runs the command, shown to the user.
pub(crate) fn run(command: &mut Command) -> Result {
    println!("$ {}", shown(command));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed, {status}: {}", shown(command))),
        Err(error) => Err(format!("can't run {}: {error}", shown(command))),
    }
}

/// What a command wrote.
pub(crate) struct Written {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the command for what it writes, which is shown if it fails.
pub(crate) fn output(command: &mut Command) -> Result<Written> {
    let output = command.output();
    let output = output.map_err(|error| format!("can't run {}: {error}", shown(command)))?;
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if output.status.success() {
        Ok(Written { stdout, stderr })
    } else {
        Err(format!("failed, {}: {}\n{stderr}", output.status, shown(command)))
    }
}

/// Whether the command can be run, and succeeds.
pub(crate) fn succeeds(words: &str) -> bool {
    let status = command(words).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
