//! The reverse proxy: one address for the page and for both nodes.

use std::fs::write;
use std::net::SocketAddr;
use std::path::Path;

use crate::part::Part;

/// Sends requests for the page and its buttons to this process, and all others to either node. A node that is down
/// receives none for a second.
pub(crate) fn part(
    folder: &Path,
    entrance: SocketAddr,
    control: SocketAddr,
    nodes: [SocketAddr; 2],
) -> std::io::Result<Part> {
    let [one, two] = nodes;
    let config = format!(
        "daemon off; master_process off; pid nginx.pid; error_log stderr crit; events {{}}
         http {{
             access_log off;
             client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
             uwsgi_temp_path uwsgi; scgi_temp_path scgi;
             proxy_http_version 1.1;
             upstream nodes {{
                 server {one} max_fails=1 fail_timeout=1s;
                 server {two} max_fails=1 fail_timeout=1s;
             }}
             server {{
                 listen {entrance};
                 location = / {{ proxy_pass http://{control}; }}
                 location /control/ {{ proxy_pass http://{control}; }}
                 location / {{ proxy_pass http://nodes; }}
             }}
         }}"
    );
    write(folder.join("nginx.conf"), config)?;
    let program = std::env::var_os("SSE_TEST_NGINX").unwrap_or_else(|| "nginx".into());
    let folder = folder.display().to_string();
    let arguments = ["-p", &folder, "-c", "nginx.conf", "-e", "stderr"].map(str::to_owned);
    Ok(Part::new("nginx", entrance, program.into(), arguments.into()))
}
