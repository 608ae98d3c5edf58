//! The lowest floor: whole chunks, encoded in advance, written to every socket in turn.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use benches::Result;
use benches::kind::Kind;

type Listeners = Arc<Mutex<Vec<TcpStream>>>;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
    Transfer-Encoding: chunked\r\n\r\n";

/// Serves what the other servers do, as far as it is measured here.
pub(crate) fn serve() -> Result {
    thread::spawn(|| {
        _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    let listeners = Listeners::default();
    for stream in listener.incoming() {
        let mut stream = stream?;
        stream.set_nodelay(true)?;
        let request = read_request(&mut stream)?;
        if request.starts_with("GET /fan-out ") {
            stream.write_all(HEAD.as_bytes())?;
            lock(&listeners).push(stream);
        } else {
            let listeners = Arc::clone(&listeners);
            // The thread of a client ends when the client disconnects.
            thread::spawn(move || _ = control(stream, request, &listeners));
        }
    }
    Ok(())
}

fn lock(listeners: &Listeners) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read_request(stream: &mut TcpStream) -> Result<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut part = [0; 1024];
        let length = stream.read(&mut part)?;
        if length == 0 {
            return Err("the client has gone".into());
        }
        request.extend_from_slice(&part[..length]);
    }
    Ok(String::from_utf8(request)?)
}

fn control(mut stream: TcpStream, mut request: String, listeners: &Listeners) -> Result {
    loop {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let count = path.rsplit('/').next().unwrap_or_default().parse()?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
        if count > 0 {
            publish(count, listeners)?;
        }
        request = read_request(&mut stream)?;
    }
}

fn publish(count: usize, listeners: &Listeners) -> Result {
    let events = Kind::Token.encoded().repeat(count);
    let chunk = format!("{:x}\r\n{events}\r\n", events.len());
    for listener in lock(listeners).iter_mut() {
        listener.write_all(chunk.as_bytes())?;
    }
    Ok(())
}
