//! The profile's certificate authority: certificates for simulated names, and the bundle that makes a
//! client of the lab's shell believe them.
//!
//! The authority is a file in the profile's folder that only its owner may read, and may sign for the
//! names of [`PERMITTED`] alone (RFC 5280, 4.2.1.10): whoever gets at it can still not pretend to be a
//! bank. Nothing is ever installed in the system; clients are told of the bundle by their environment.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{CipherSuite, ProtocolVersion, ServerConfig, ServerConnection};

use crate::aws::names::DOMAINS;
use crate::door::Tls;
use crate::wall_clock;
use ::cloudfront::edge::DOMAIN as EDGES;

/// The domains that an authority may sign for. One that was made for others is made anew.
const PERMITTED: &[&str] = &[DOMAINS[0], DOMAINS[1], DOMAINS[2], DOMAINS[3], EDGES];
/// More certificates than this are not kept.
const LEAVES_MAX: usize = 256;
/// The file of the authority: what it is permitted, its key, its certificate.
const AUTHORITY: &str = "authority.pem";
/// Its certificate alone.
const CERTIFICATE: &str = "certificate.pem";
/// The system's roots and its certificate.
const BUNDLE: &str = "bundle.pem";

/// Where systems keep the roots that they trust, in one file.
const ROOTS: [&str; 7] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/opt/homebrew/etc/ca-certificates/cert.pem",
    "/usr/local/etc/ca-certificates/cert.pem",
];

/// What a client may be told to trust by its environment; each is a file of roots.
pub const TRUST_VARIABLES: [&str; 5] = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
];

/// Signs certificates for simulated names.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    leaves: Mutex<BTreeMap<String, Arc<ServerConfig>>>,
}

impl Authority {
    /// The authority of a folder, made when there is none.
    ///
    /// # Errors
    /// When the folder cannot be written, or what is in it is no authority.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(AUTHORITY);
        let kept = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(e).with_context(|| format!("{} cannot be read", path.display())),
        };
        let text = match kept.filter(|text| text.starts_with(&head())) {
            Some(text) => text,
            None => make(folder, &path)?,
        };
        Self::read(&text).with_context(|| {
            format!(
                "the certificate authority in {} is damaged: delete the file, and the next lab that is \
                 opened makes a new one",
                path.display()
            )
        })
    }

    fn read(text: &str) -> anyhow::Result<Self> {
        let at = text.find(BEGIN).ok_or_else(|| anyhow!("there is no certificate in it"))?;
        let key = KeyPair::from_pem(&text[..at])?;
        let pem = text[at..].to_owned();
        Ok(Self { issuer: Issuer::new(authority(), key), pem, leaves: Mutex::default() })
    }

    /// The certificate, as text.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// How to speak TLS under a name.
    ///
    /// # Errors
    /// When the name cannot stand in a certificate.
    pub fn config(&self, name: &str) -> anyhow::Result<Arc<ServerConfig>> {
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = leaves.get(name) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.sign(name)?);
        if leaves.len() >= LEAVES_MAX {
            leaves.clear();
        }
        leaves.insert(name.to_owned(), Arc::clone(&config));
        Ok(config)
    }

    fn sign(&self, name: &str) -> anyhow::Result<ServerConfig> {
        let key = KeyPair::generate()?;
        let mut leaf = CertificateParams::new([name.to_owned()])?;
        // The oldest clients read the subject; longer names do not fit into one.
        let subject = if name.len() <= 64 { name } else { "distlab" };
        leaf.distinguished_name.push(DnType::CommonName, subject);
        let now = Duration::from_millis(wall_clock().0.unsigned_abs());
        leaf.not_before = date_time_ymd(1970, 1, 1) + now.saturating_sub(LEAF_SINCE);
        leaf.not_after = leaf.not_before + LEAF_VALID;
        leaf.use_authority_key_identifier_extension = true;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let signed = leaf.signed_by(&key, &self.issuer)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(signed.der().to_vec())], key)?;
        // No HTTP/2 behind it: a client that offers both is told so here.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Writes the certificate, alone and behind the roots that were trusted before, for the clients of
    /// the lab's shell.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn publish(&self, folder: &Path, env: &dyn Fn(&str) -> Option<String>) -> io::Result<()> {
        replace(&folder.join(CERTIFICATE), &self.pem)?;
        let bundle = folder.join(BUNDLE);
        let Some(mut text) = roots(folder, env) else {
            return match fs::remove_file(bundle) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
                _ => Ok(()),
            };
        };
        text.push_str(&self.pem);
        replace(&bundle, &text)
    }
}

/// The variables that let a program trust a folder's authority beside what it trusted before. Where the
/// system's roots were not found, only those are set that take nothing else away.
#[must_use]
pub fn environment(
    folder: &Path,
    env: &dyn Fn(&str) -> Option<String>,
) -> Vec<(&'static str, PathBuf)> {
    let (alone, bundle) = (folder.join(CERTIFICATE), folder.join(BUNDLE));
    let whole = bundle.is_file();
    let file = |name: &str| match name {
        // It adds to the roots that Node brings along. A file of the learner's is in the bundle.
        "NODE_EXTRA_CA_CERTS" if own(folder, name, env).is_none() => Some(alone.clone()),
        _ if whole => Some(bundle.clone()),
        "AWS_CA_BUNDLE" => Some(alone.clone()),
        _ => None,
    };
    TRUST_VARIABLES.into_iter().filter_map(|name| Some((name, file(name)?))).collect()
}

/// The file of roots that the learner named by a variable, and not a lab.
fn own(folder: &Path, name: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let path = PathBuf::from(env(name).filter(|p| !p.is_empty())?);
    // A lab's lies beside its authority; this shell may be another profile's.
    let of_lab = path.starts_with(folder) || path.with_file_name(AUTHORITY).is_file();
    (!of_lab).then_some(path)
}

/// The roots that a program trusts here, or nothing when there are none to be found.
fn roots(folder: &Path, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let named = own(folder, TRUST_VARIABLES[0], env);
    let system = named.into_iter().chain(ROOTS.map(PathBuf::from)).find(|p| p.is_file())?;
    let mut files = vec![system];
    for path in TRUST_VARIABLES[1..].iter().filter_map(|name| own(folder, name, env)) {
        if !files.contains(&path) {
            files.push(path);
        }
    }
    let mut all = String::new();
    for path in files {
        // A variable that names no file troubled its client before us as well.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        all.push_str(&text);
        if !all.ends_with('\n') {
            all.push('\n');
        }
    }
    all.contains(BEGIN).then_some(all)
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// How long a certificate for a name holds. Some clients take none that holds for longer than 398 days.
const LEAF_VALID: Duration = Duration::from_hours(24 * 390);
/// And since when, for clients whose clock is behind.
const LEAF_SINCE: Duration = Duration::from_hours(24);

/// The first lines of the file.
fn head() -> String {
    let names = PERMITTED.join(" ");
    format!("The certificate authority of distlab's simulated names. It may sign for: {names}\n")
}

/// What an authority says of itself; only its key is its own.
fn authority() -> CertificateParams {
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "distlab, simulated names only");
    (ca.not_before, ca.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2049, 12, 31));
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    ca.serial_number = Some(SerialNumber::from_slice(&[1]));
    let permitted = |name: &&str| GeneralSubtree::DnsName((*name).to_owned());
    ca.name_constraints = Some(NameConstraints {
        permitted_subtrees: PERMITTED.iter().map(permitted).collect(),
        excluded_subtrees: Vec::new(),
    });
    ca
}

/// Makes an authority; where two programs do so at once, both get the one that stands in the end.
fn make(folder: &Path, path: &Path) -> anyhow::Result<String> {
    let key = KeyPair::generate().context("no key can be made")?;
    let certificate = authority().self_signed(&key).context("no certificate can be made")?;
    let text = format!("{}{}{}", head(), key.serialize_pem(), certificate.pem());
    let cannot = || format!("{} cannot be written", path.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    // One that was made for other names is not needed any more.
    let _ = fs::remove_file(path);
    let fresh = fresh(path, &text).with_context(cannot)?;
    let linked = fs::hard_link(&fresh, path);
    let _ = fs::remove_file(&fresh);
    match linked {
        // Another program was faster.
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e).with_context(cannot),
        _ => fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// What was agreed on, in the words of OpenSSL, which logs of AWS use too.
pub(super) fn agreed_on(connection: &ServerConnection) -> Option<Tls> {
    let protocol = match connection.protocol_version()? {
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        _ => return None,
    };
    let cipher = cipher(connection.negotiated_cipher_suite()?.suite())?;
    Some(Tls { protocol, cipher })
}

/// The name that OpenSSL has for a cipher.
pub(super) fn cipher(suite: CipherSuite) -> Option<&'static str> {
    Some(match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
            "ECDHE-ECDSA-CHACHA20-POLY1305"
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-RSA-CHACHA20-POLY1305",
        _ => return None,
    })
}

/// Writes a file that only its owner may read, whole or not at all; one that says the same is left.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|kept| kept == text.as_bytes()) {
        return Ok(());
    }
    fs::rename(fresh(path, text)?, path)
}

/// A new file beside the one that it is for.
fn fresh(path: &Path, text: &str) -> io::Result<PathBuf> {
    let fresh = path.with_extension(store::unguessable());
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    Ok(fresh)
}
