//! The proxy between a node and its Redis. The test has a process of its own, because it uses up all descriptors.

use std::fs::File;
use std::time::Duration;

use system_tests::cluster::gate::Gate;
use tests::patience::PATIENCE;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn a_gate_outlives_a_lack_of_descriptors() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gate = Gate::to(server.local_addr().unwrap()).await;
    let (_, most) = rlimit::Resource::NOFILE.get().unwrap();
    rlimit::Resource::NOFILE.set(64, most).unwrap();
    let mut files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    files.pop();
    let mut client = TcpStream::connect(gate.address).await.unwrap();
    // Long enough for the gate to find that it can't accept connections.
    sleep(Duration::from_millis(50)).await;
    drop(files);
    let answer = async {
        server.accept().await.unwrap().0.write_all(b"hello").await.unwrap();
        let mut answer = [0; 5];
        client.read_exact(&mut answer).await.unwrap();
        answer
    };
    assert_eq!(&timeout(PATIENCE, answer).await.expect("the gate has let it in"), b"hello");
}
