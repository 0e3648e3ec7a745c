//! TLS at a load balancer: the listener's own certificates, protocols and ciphers.

use std::sync::Arc;
use std::time::Duration;

use elbv2::front::certificates::{Presented, PresentedOutput, choose};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use sim::api::Shaped as _;
use tokio_rustls::TlsAcceptor;

use super::{Endpoint, outside};
use crate::door::{ConnectionInfo, Stream};
use crate::tls::{agreed_on, cipher};
use elbv2::front::arrive::Spoken;

/// How long a client may take to agree on TLS.
const PATIENCE: Duration = Duration::from_secs(20);

/// The connection as the listener hears it: itself, or what is inside of its TLS. Nothing when the client
/// and the listener did not agree.
pub(super) async fn enter(
    endpoint: &Endpoint,
    stream: Stream,
    connection: &mut ConnectionInfo,
) -> Option<(Stream, Option<Spoken>)> {
    let asked = Presented { name: endpoint.dns.clone(), port: i64::from(endpoint.port) };
    let told = endpoint.gateway.ask(outside(), &Presented::DEF, asked.into_value()).await.ok()?;
    let told = PresentedOutput::from_value(told).ok()?;
    if !told.secure {
        return Some((stream, None));
    }
    let acceptor = TlsAcceptor::from(Arc::new(config(told)?));
    let agreed = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await.ok()?.ok()?;
    connection.secure = true;
    connection.tls = agreed_on(agreed.get_ref().1);
    let name = agreed.get_ref().1.server_name().map(str::to_owned);
    let spoken = connection.tls.map(|tls| Spoken {
        protocol: tls.protocol.to_owned(),
        cipher: tls.cipher.to_owned(),
        name,
    })?;
    Some((Box::new(agreed), Some(spoken)))
}

fn config(told: PresentedOutput) -> Option<ServerConfig> {
    let mut provider = ring::default_provider();
    provider.cipher_suites.retain(|suite| {
        cipher(suite.suite()).is_some_and(|name| told.ciphers.iter().any(|c| c == name))
    });
    let versions: Vec<_> = [("TLSv1.3", &version::TLS13), ("TLSv1.2", &version::TLS12)]
        .into_iter()
        .filter(|(name, _)| told.protocols.iter().any(|own| own == name))
        .map(|(_, version)| version)
        .collect();
    let provider = Arc::new(provider);
    let shelf = Shelf::read(told, &provider)?;
    let builder = ServerConfig::builder_with_provider(provider);
    let mut config = builder
        .with_protocol_versions(&versions)
        .ok()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shelf));
    // No HTTP/2 behind it: a client that offers both is told so here.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(config)
}

/// The certificates of a listener, the default one first, with the hosts that they are for.
#[derive(Debug)]
struct Shelf(Vec<(Vec<String>, Arc<CertifiedKey>)>);

impl Shelf {
    /// What can be read of them; nothing where that is none.
    fn read(told: PresentedOutput, provider: &CryptoProvider) -> Option<Self> {
        let all = told.certificates.into_iter().filter_map(|one| {
            let chain = CertificateDer::pem_slice_iter(one.chain.as_bytes());
            let chain = chain.collect::<Result<Vec<_>, _>>().ok()?;
            let key = PrivateKeyDer::from_pem_slice(one.key.as_bytes()).ok()?;
            let key = CertifiedKey::from_der(chain, key, provider).ok()?;
            Some((one.domains, Arc::new(key)))
        });
        Some(Self(all.collect())).filter(|shelf| !shelf.0.is_empty())
    }
}

impl ResolvesServerCert for Shelf {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let domains: Vec<&[String]> = self.0.iter().map(|(own, _)| own.as_slice()).collect();
        self.0.get(choose(&domains, hello.server_name())).map(|(_, key)| Arc::clone(key))
    }
}
