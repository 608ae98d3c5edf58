//! A server in a process of its own, whose every descriptor and byte is the server's.
#![forbid(unsafe_code)]

use tests::served::serve;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", framework] => serve(framework.parse().expect("a framework")).await,
        _ => panic!("soak serve FRAMEWORK"),
    }
}
