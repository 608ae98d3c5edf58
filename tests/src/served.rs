//! A server in a process of its own, and what it holds.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines, stdin};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::runtime::Handle;
use tokio::time::sleep;

use crate::patience::PATIENCE;
use crate::process::Program;
use crate::servers::streams::World;
use crate::servers::{Framework, Server, Version};

/// The question that also gives streams at rest something to send.
const WAKE: &str = "wake\n";

/// Runs until it is dropped.
pub struct Served {
    pub address: SocketAddr,
    process: Program,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

/// What a server holds at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// How many generators were begun, and how many dropped.
    pub begun: usize,
    pub dropped: usize,
    /// On the runtime that started it: actix-web has some of its own.
    pub tasks: usize,
    pub descriptors: usize,
    /// In bytes.
    pub memory: usize,
}

impl Held {
    /// Whether this is no more than an idle server holds.
    fn is_idle(self, idle: Self) -> bool {
        self.dropped >= self.begun
            && self.tasks <= idle.tasks
            && self.descriptors <= idle.descriptors
    }
}

impl Served {
    /// Starts this program, which is to call [`serve`].
    pub async fn start(program: &Path, framework: Framework) -> Self {
        let mut command = Command::new(program);
        command.args(["serve", &framework.to_string()]);
        // So that memory that was freed is given back.
        command.env("MALLOC_ARENA_MAX", "1").env("MALLOC_TRIM_THRESHOLD_", "65536");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Program::start(&mut command).expect("it starts");
        let questions = process.stdin.take().expect("a pipe");
        let mut answers = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let address = answers.next_line().await.expect("text").expect("it listens");
        let address = address.parse().expect("an address");
        Self { address, process, questions, answers }
    }

    pub async fn held(&mut self) -> Held {
        self.ask("held\n").await
    }

    async fn ask(&mut self, question: &str) -> Held {
        self.questions.write_all(question.as_bytes()).await.expect("it listens");
        let answer = self.answers.next_line().await.expect("text").expect("an answer");
        let counts: Vec<_> = answer.split(' ').map(|count| count.parse().expect("one")).collect();
        let [begun, dropped, tasks] = counts[..] else { panic!("{answer}") };
        Held {
            begun,
            dropped,
            tasks,
            descriptors: fs::read_dir(self.proc("fd")).expect("Linux").count(),
            memory: self.memory(),
        }
    }

    /// What it holds when it has seen that all have left.
    pub async fn at_rest(&mut self, idle: Held) -> Held {
        let end = Instant::now() + PATIENCE;
        loop {
            let held = self.ask(WAKE).await;
            if held.is_idle(idle) {
                return held;
            }
            assert!(Instant::now() < end, "all have left, yet it keeps {held:?}, not {idle:?}");
            sleep(Duration::from_millis(5)).await;
        }
    }

    fn memory(&self) -> usize {
        let status = fs::read_to_string(self.proc("status")).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its line");
        let kilobytes: usize =
            line.trim().trim_end_matches(" kB").parse().expect("a count of kilobytes");
        kilobytes * 1024
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.process.id().expect("it runs"))
    }
}

/// Serves what is in this world, and answers each line on standard input with what is held, until that ends.
pub async fn serve(framework: Framework, world: World) {
    let server = Server::start_in(world, framework, Version::Http1).await;
    println!("{}", server.address);
    let mut questions = BufReader::new(stdin()).lines();
    while let Ok(Some(question)) = questions.next_line().await {
        if question == WAKE.trim_end() && !framework.sees_clients_leave() {
            server.world.go.notify_waiters();
        }
        let [begun, dropped] =
            [&server.world.begun, &server.world.dropped].map(|count| count.load(Ordering::SeqCst));
        println!("{begun} {dropped} {}", Handle::current().metrics().num_alive_tasks());
    }
}
