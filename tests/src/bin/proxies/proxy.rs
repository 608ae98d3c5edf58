//! The proxies: how each is configured and started, listening on this machine alone. Each closes a
//! connection to the server on which nothing came for two seconds; all else is as by default.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tests::process::{Program, listens};
use tokio::process::Command;

pub(crate) struct Proxy {
    pub(crate) name: &'static str,
    pub(crate) program: &'static str,
    /// The option that prints the version.
    version: &'static str,
    /// Writes the configuration, and returns the arguments.
    configure: fn(&Place) -> Vec<String>,
}

/// Where a proxy runs.
struct Place<'a> {
    folder: &'a Path,
    listen: SocketAddr,
    server: SocketAddr,
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    _process: Program,
    _folder: TempDir,
}

const fn proxy(
    name: &'static str,
    program: &'static str,
    version: &'static str,
    configure: fn(&Place) -> Vec<String>,
) -> Proxy {
    Proxy { name, program, version, configure }
}

pub(crate) const PROXIES: [Proxy; 8] = [
    proxy("nginx, HTTP/1.0 to the server", "nginx", "-v", |place| nginx(place, "1.0")),
    proxy("nginx, `proxy_http_version 1.1`", "nginx", "-v", |place| nginx(place, "1.1")),
    proxy("haproxy", "haproxy", "-v", |place| haproxy(place, "")),
    proxy("haproxy, `option http-no-delay`", "haproxy", "-v", |place| {
        haproxy(place, "option http-no-delay")
    }),
    proxy("Apache", "apache2", "-v", apache),
    proxy("Varnish", "varnishd", "-V", varnish),
    proxy("Squid", "squid", "-v", squid),
    proxy("Caddy", "caddy", "version", caddy),
];

impl Proxy {
    /// `None` if the program is missing.
    pub(crate) async fn version(&self) -> Option<String> {
        let output = command(self.program).arg(self.version).output().await.ok()?;
        let output = [output.stdout, output.stderr].concat();
        let output = String::from_utf8_lossy(&output);
        let words = output.split(|c: char| !c.is_ascii_digit() && c != '.');
        let mut versions = words.filter(|word| word.contains('.') && word.len() > 2);
        Some(versions.next().expect("a version").to_owned())
    }

    /// Starts it on an address that nothing else uses: some proxies share a port that is taken.
    pub(crate) async fn start(&self, host: Ipv4Addr, server: SocketAddr) -> Running {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind((host, 0)).expect("a port");
        let listen = free.local_addr().expect("an address");
        drop(free);
        let place = Place { folder: folder.path(), listen, server };
        let mut command = command(self.program);
        command
            .args((self.configure)(&place))
            .current_dir(folder.path())
            .env("HOME", folder.path());
        let log = folder.path().join("log");
        let output = File::create(&log).expect("a file");
        command.stdout(output.try_clone().expect("the same file")).stderr(output);
        let mut process = Program::start(&mut command).expect("it starts");
        let listens = listens(&mut process, listen).await;
        let said = || fs::read_to_string(&log).unwrap_or_default();
        assert!(listens, "{} does not start:\n{}", self.program, said());
        Running { address: listen, _process: process, _folder: folder }
    }
}

impl Place<'_> {
    fn write(&self, config: &str) -> String {
        let file = self.folder.join("config");
        fs::write(&file, config).expect("a file");
        file.to_str().expect("a path in Unicode").to_owned()
    }
}

/// A file of a Debian package: unpacked into the folder that this variable names, or installed.
fn file(path: &str) -> PathBuf {
    let unpacked = std::env::var_os("SSE_TEST_PROXIES").map(|root| Path::new(&root).join(path));
    unpacked.filter(|file| file.exists()).unwrap_or_else(|| Path::new("/").join(path))
}

fn command(program: &str) -> Command {
    let mut places = ["usr/sbin", "usr/bin"].map(|folder| file(folder).join(program)).into_iter();
    let found = places.find(|program| program.exists()).unwrap_or_else(|| program.into());
    let mut command = Command::new(found);
    let libraries = file("usr/lib/x86_64-linux-gnu");
    let libraries = [libraries.clone(), libraries.join("varnish")];
    command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries).expect("paths"));
    command
}

fn arguments<const N: usize>(arguments: [&str; N]) -> Vec<String> {
    arguments.map(str::to_owned).into()
}

fn nginx(place: &Place, version: &str) -> Vec<String> {
    let server = place.server;
    let directives = format!(
        "proxy_read_timeout 2s;
         location / {{ proxy_pass http://{server}; proxy_http_version {version}; }}"
    );
    let config = place.write(&tests::nginx::config(place.listen, &directives));
    let folder = place.folder.to_str().expect("a path in Unicode");
    arguments(["-p", folder, "-c", &config, "-e", "stderr"])
}

fn haproxy(place: &Place, option: &str) -> Vec<String> {
    let Place { listen, server, .. } = place;
    let config = place.write(&format!(
        "defaults
           mode http
           {option}
           timeout connect 2s
           timeout client 2s
           timeout server 2s
         listen streams
           bind {listen}
           server only {server}
"
    ));
    arguments(["-db", "-f", &config])
}

fn apache(place: &Place) -> Vec<String> {
    let Place { folder, listen, server } = place;
    let folder = folder.display();
    let modules = file("usr/lib/apache2/modules");
    let modules = modules.display();
    let config = place.write(&format!(
        "ServerRoot \"{folder}\"
         ServerName localhost
         Listen {listen}
         PidFile \"{folder}/pid\"
         DefaultRuntimeDir \"{folder}\"
         ErrorLog /dev/stderr
         LogLevel crit
         User nobody
         Group nogroup
         LoadModule mpm_event_module \"{modules}/mod_mpm_event.so\"
         LoadModule authz_core_module \"{modules}/mod_authz_core.so\"
         LoadModule proxy_module \"{modules}/mod_proxy.so\"
         LoadModule proxy_http_module \"{modules}/mod_proxy_http.so\"
         ProxyTimeout 2
         ProxyPass / http://{server}/
"
    ));
    // In one process.
    arguments(["-X", "-f", &config])
}

fn varnish(place: &Place) -> Vec<String> {
    let (host, port) = (place.server.ip(), place.server.port());
    let config = place.write(&format!(
        "vcl 4.1;
         backend default {{
             .host = \"{host}\"; .port = \"{port}\"; .between_bytes_timeout = 2s;
         }}"
    ));
    let folder = place.folder.join("work").display().to_string();
    let listen = place.listen.to_string();
    arguments(["-F", "-T", "none", "-j", "none", "-f", &config, "-a", &listen, "-n", &folder])
}

fn squid(place: &Place) -> Vec<String> {
    let Place { folder, listen, server } = place;
    let (folder, host, port) = (folder.display(), server.ip(), server.port());
    let (share, unlinkd) = (file("usr/share/squid"), file("usr/lib/squid/unlinkd"));
    let (share, unlinkd) = (share.display(), unlinkd.display());
    let config = place.write(&format!(
        "configuration_includes_quoted_values on
         http_port {listen} accel defaultsite=localhost
         cache_peer {host} parent {port} 0 no-query originserver
         http_access allow all
         read_timeout 2 seconds
         visible_hostname localhost
         cache_effective_user nobody
         cache_log /dev/null
         access_log none
         pid_filename none
         netdb_filename none
         pinger_enable off
         unlinkd_program \"{unlinkd}\"
         coredump_dir \"{folder}\"
         icon_directory \"{share}/icons\"
         error_directory \"{share}/errors/templates\"
         mime_table \"{share}/mime.conf\"
"
    ));
    arguments(["-N", "-f", &config])
}

fn caddy(place: &Place) -> Vec<String> {
    let Place { folder, listen, server } = place;
    let (folder, host, port) = (folder.display(), listen.ip(), listen.port());
    let config = place.write(&format!(
        "{{
             admin off
             auto_https off
             storage file_system \"{folder}\"
             log {{
                 level ERROR
             }}
         }}
         http://:{port} {{
             bind {host}
             reverse_proxy {server} {{
                 transport http {{
                     read_timeout 2s
                 }}
             }}
         }}
"
    ));
    arguments(["run", "--adapter", "caddyfile", "--config", &config])
}
