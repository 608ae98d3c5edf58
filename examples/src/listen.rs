//! Where the examples listen.

use std::env;
use std::fmt::Display;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::exit;

/// Listens on this machine alone, on the port that `PORT` names or on 8000, and prints the URL.
///
/// If it can't, it ends the program with a message.
#[must_use]
pub fn listen() -> TcpListener {
    bind().unwrap_or_else(|error| {
        eprintln!("{}", cannot_listen(port().unwrap_or(8000), error));
        exit(1)
    })
}

/// Port 8000 of this machine alone, or the port that `PORT` names.
fn address() -> String {
    format!("127.0.0.1:{}", port().unwrap_or(8000))
}

fn bind() -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address())?;
    // As asynchronous servers need it.
    listener.set_nonblocking(true)?;
    print_url(listener.local_addr()?);
    Ok(listener)
}

/// What `PORT` says, if it is set.
pub(crate) fn port() -> Option<u16> {
    let port = env::var("PORT").ok()?;
    Some(port.parse().unwrap_or_else(|_| {
        eprintln!("PORT is {port:?}, which isn't the number of a port.");
        exit(1)
    }))
}

pub(crate) fn print_url(address: impl Display) {
    println!("Open http://{address}");
}

pub(crate) fn cannot_listen(port: u16, error: impl Display) -> String {
    let program = env::args().next().unwrap_or_default();
    let name = Path::new(&program).file_stem().unwrap_or_default().display();
    format!(
        "Can't listen on port {port}: {error}.\n\
         Stop the program that uses this port, or choose another port:\n\n    \
         PORT=8001 cargo run --bin {name}\n"
    )
}
