//! nginx as Debian ships it, with its buffering on.

use std::fmt::Display;
use std::fs::write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use tokio::process::Command;

use crate::left_out::left_out;
use crate::process::{Program, listens};

/// The program that `SSE_TEST_NGINX` names, or the one on the path. Returns `None`, and says so,
/// if this machine lacks it.
pub async fn nginx(test: &str) -> Option<String> {
    let program = std::env::var("SSE_TEST_NGINX").unwrap_or_else(|_| "nginx".to_owned());
    if Command::new(&program).arg("-v").output().await.is_ok() {
        return Some(program);
    }
    left_out(test, "nginx");
    None
}

/// Starts it in a folder of its own, with these directives for its only server.
pub async fn start(program: &str, folder: &Path, directives: &str) -> (Program, SocketAddr) {
    launch(program, folder, "", directives).await
}

/// Starts it over TLS, with HTTP/2 and a certificate that nobody has signed.
///
/// # Panics
///
/// If it does not start.
pub async fn start_with_http2(
    program: &str,
    folder: &Path,
    directives: &str,
) -> (Program, SocketAddr) {
    let names = ["127.0.0.1".to_owned()];
    let certified = rcgen::generate_simple_self_signed(names).expect("a certificate");
    write(folder.join("certificate"), certified.cert.pem()).expect("a file");
    write(folder.join("key"), certified.signing_key.serialize_pem()).expect("a file");
    let tls = "ssl_certificate certificate; ssl_certificate_key key;";
    launch(program, folder, "ssl http2", &format!("{tls} {directives}")).await
}

async fn launch(
    program: &str,
    folder: &Path,
    speaks: &str,
    directives: &str,
) -> (Program, SocketAddr) {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    let config = config(format_args!("{free} {speaks}"), directives);
    write(folder.join("nginx.conf"), config).expect("a file");
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
    let mut process = Program::start(&mut command).expect("it starts");
    assert!(listens(&mut process, free).await, "it does not start");
    (process, free)
}

/// Its configuration, as one process that keeps all files in its own folder.
#[must_use]
pub fn config(listen: impl Display, directives: &str) -> String {
    format!(
        "daemon off; master_process off; pid nginx.pid; error_log stderr crit; events {{}}
         http {{
             access_log off;
             client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
             uwsgi_temp_path uwsgi; scgi_temp_path scgi;
             server {{ listen {listen}; {directives} }}
         }}"
    )
}
