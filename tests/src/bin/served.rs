//! Serves under one framework, for a test that looks at what the process holds.

use tests::served::serve;
use tests::servers::streams::World;

#[tokio::main]
async fn main() {
    let framework = std::env::args().nth(2).expect("serve, and a framework");
    serve(framework.parse().expect("a framework"), World::default()).await;
}
