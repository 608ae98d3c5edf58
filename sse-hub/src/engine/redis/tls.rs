//! Connections over TLS.

use std::error::Error;

use redis::{Client, TlsCertificates};
use rustls::crypto::{CryptoProvider, ring};

/// Returns a client that trusts the certificates in the file `ca`, or else those of the system.
pub(super) fn client(url: &str, ca: Option<&str>) -> Result<Client, Box<dyn Error + Send + Sync>> {
    if url.starts_with("rediss:") && CryptoProvider::get_default().is_none() {
        // If another thread has installed one meanwhile, that is as good.
        let _ = ring::default_provider().install_default();
    }
    let Some(ca) = ca else { return Ok(Client::open(url)?) };
    let root_cert = Some(std::fs::read(ca).map_err(|error| format!("{ca}: {error}"))?);
    Ok(Client::build_with_tls(url, TlsCertificates { client_tls: None, root_cert })?)
}
