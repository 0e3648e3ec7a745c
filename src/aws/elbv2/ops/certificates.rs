//! The certificates of HTTPS listeners: a default one, and others that are chosen by name. One whose time
//! is over is served all the same, as on AWS; only new listeners refuse it.

use std::collections::BTreeSet;

use super::security;
use crate::faults::{invalid, not_permitted, other};
use crate::listener::{Listener, Secure};
use crate::page::Paging;
use crate::shapes::balancer::{Certificate, Protocol};
use crate::state::State;
use aws::place::Place;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// How many a listener may have beside its default one (quotas of Application Load Balancers).
const CERTIFICATES_MAX: usize = 25;

/// How a listener is to speak.
pub(super) struct Asked<'a> {
    pub(super) protocol: Protocol,
    pub(super) policy: Option<&'a str>,
    pub(super) certificates: &'a [Certificate],
}

impl Asked<'_> {
    /// How it will speak: by TLS, or nothing for HTTP. What is not said stays as it is kept.
    ///
    /// # Errors
    /// The protocol is not one of these, or what it needs is not there.
    pub(super) fn read(
        &self,
        world: &World,
        place: &Place,
        kept: Option<&Secure>,
    ) -> Result<Option<Secure>, ApiError> {
        match self.protocol {
            Protocol::Http if self.policy.is_some() => {
                Err(invalid("An SSL policy cannot be specified for HTTP listeners"))
            }
            Protocol::Http if !self.certificates.is_empty() => {
                Err(invalid("A certificate cannot be specified for HTTP listeners"))
            }
            Protocol::Http => Ok(None),
            Protocol::Https => self.secure(world, place, kept).map(Some),
            wrong => {
                Err(invalid(format!("Protocol '{}' must be one of 'HTTPS, HTTP'", wrong.as_str())))
            }
        }
    }

    fn secure(
        &self,
        world: &World,
        place: &Place,
        kept: Option<&Secure>,
    ) -> Result<Secure, ApiError> {
        let mut own = kept.cloned().unwrap_or_default();
        match self.certificates {
            [] if kept.is_some() => {}
            [] => return Err(invalid("A certificate must be specified for HTTPS listeners")),
            [one] => {
                if one.is_default.is_some() {
                    return Err(invalid("You cannot set the isDefault parameter"));
                }
                own.certificate = usable(world, place, one)?;
            }
            _ => return Err(invalid("Only one certificate can be specified for a listener")),
        }
        if let Some(policy) = self.policy {
            policy.clone_into(&mut own.policy);
        }
        security::policy_of(&own.policy)?;
        Ok(own)
    }
}

/// The ARN of a certificate that a listener can take.
///
/// # Errors
/// It is not there, or no service can speak by it.
fn usable(world: &World, place: &Place, given: &Certificate) -> Result<String, ApiError> {
    let arn = given.certificate_arn.as_deref().unwrap_or_default();
    let missing = || other("CertificateNotFound", format!("Certificate '{arn}' not found"));
    let found = acm::find(world, place, arn).ok_or_else(missing)?;
    if !found.is_supported(world.now()) {
        let message = format!(
            "The certificate '{arn}' must have a fully-qualified domain name, a supported signature, \
             and a supported key size."
        );
        return Err(other("UnsupportedCertificate", message));
    }
    Ok(arn.to_owned())
}

/// Tells Certificate Manager by which certificates a load balancer speaks now.
pub(super) fn settle(world: &mut World, place: &Place, balancer: &str) {
    let region = world.get::<State>().region(place);
    let secure = region.listeners_of(balancer).filter_map(|listener| listener.secure.as_ref());
    let all: BTreeSet<String> = secure.flat_map(Secure::all).cloned().collect();
    acm::uses(world, place, balancer, &all);
}

/// The listener of this ARN, which speaks by TLS.
///
/// # Errors
/// There is none, or it speaks HTTP.
fn secure_listener<'w>(
    world: &'w World,
    place: &Place,
    arn: &str,
) -> Result<(&'w Listener, &'w Secure), ApiError> {
    let listener = world.get::<State>().region(place).listener(arn)?;
    let secure = listener.secure.as_ref();
    let wrong = || invalid("Certificates can be specified for HTTPS listeners only");
    Ok((listener, secure.ok_or_else(wrong)?))
}

sim::operation! {
    /// Adds the specified SSL server certificate to the certificate list for the specified HTTPS listener.
    write AddListenerCertificates in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
        /// The certificate to add.
        certificates: Vec<Certificate> => required "Certificates",
    }
    output AddListenerCertificatesOutput {
        /// Information about the certificates in the certificate list.
        pub certificates: Vec<Certificate> => "Certificates",
    }
    errors ["CertificateNotFound", "ListenerNotFound", "TooManyCertificates"]
    access { "elasticloadbalancing:AddListenerCertificates" on "{ListenerArn}" }
}

impl Write for AddListenerCertificates {
    type Output = AddListenerCertificatesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let (listener, secure) = secure_listener(world, &place, &self.listener_arn)?;
        let balancer = listener.balancer.clone();
        let mut others = secure.others.clone();
        for one in &self.certificates {
            if one.is_default.is_some() {
                return Err(invalid("You cannot set the isDefault parameter"));
            }
            others.insert(usable(world, &place, one)?);
        }
        if others.len() > CERTIFICATES_MAX {
            let message =
                format!("A listener can have at most {CERTIFICATES_MAX} certificates in its list");
            return Err(other("TooManyCertificates", message));
        }
        let region = world.get_mut::<State>().region_mut(&place);
        let kept = region.listeners.get_mut(&self.listener_arn);
        if let Some(secure) = kept.and_then(|kept| kept.secure.as_mut()) {
            secure.others = others;
        }
        settle(world, &place, &balancer);
        let added = self.certificates.into_iter();
        let told = added.map(|one| Certificate { is_default: Some(false), ..one });
        Ok(AddListenerCertificatesOutput { certificates: told.collect() })
    }
}

sim::operation! {
    /// Removes the specified certificate from the certificate list for the specified HTTPS listener.
    write RemoveListenerCertificates in "elbv2" = "";
    input {
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
        /// The certificate to remove.
        certificates: Vec<Certificate> => required "Certificates",
    }
    output RemoveListenerCertificatesOutput {}
    errors ["ListenerNotFound", "OperationNotPermitted"]
    access { "elasticloadbalancing:RemoveListenerCertificates" on "{ListenerArn}" }
}

impl Write for RemoveListenerCertificates {
    type Output = RemoveListenerCertificatesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let place = Place::of(cx);
        let (listener, secure) = secure_listener(world, &place, &self.listener_arn)?;
        let balancer = listener.balancer.clone();
        let arn = |one: &Certificate| one.certificate_arn.clone().unwrap_or_default();
        let gone: BTreeSet<String> = self.certificates.iter().map(arn).collect();
        if gone.contains(&secure.certificate) && !secure.others.contains(&secure.certificate) {
            return Err(not_permitted("Default certificate cannot be removed"));
        }
        let region = world.get_mut::<State>().region_mut(&place);
        let kept = region.listeners.get_mut(&self.listener_arn);
        if let Some(secure) = kept.and_then(|kept| kept.secure.as_mut()) {
            secure.others.retain(|own| !gone.contains(own));
        }
        settle(world, &place, &balancer);
        Ok(RemoveListenerCertificatesOutput {})
    }
}

sim::operation! {
    /// Describes the default certificate and the certificate list for the specified HTTPS listener.
    read DescribeListenerCertificates in "elbv2" = "";
    input {
        ..paging: Paging,
        /// The Amazon Resource Name (ARN) of the listener.
        listener_arn: String => "ListenerArn",
    }
    output DescribeListenerCertificatesOutput {
        /// Information about the certificates.
        pub certificates: Vec<Certificate> => "Certificates",
        /// If there are additional results, this is the marker for the next set of results.
        pub next_marker: Option<String> => "NextMarker",
    }
    errors ["ListenerNotFound"]
    access { "elasticloadbalancing:DescribeListenerCertificates" on "*" }
    pages {
        input: &["Marker"],
        output: &["NextMarker"],
        limit: Some("PageSize"),
        results: &["Certificates"],
    }
}

impl Read for DescribeListenerCertificates {
    type Output = DescribeListenerCertificatesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let listener = world.get::<State>().region(&Place::of(cx)).listener(&self.listener_arn)?;
        let told = |arn: &String, is_default| Certificate {
            certificate_arn: Some(arn.clone()),
            is_default: Some(is_default),
        };
        let all = listener.secure.iter().flat_map(|secure| {
            let others = secure.others.iter().map(move |arn| told(arn, false));
            std::iter::once(told(&secure.certificate, true)).chain(others)
        });
        let key = |c: &Certificate| {
            format!("{}:{:?}", c.certificate_arn.as_deref().unwrap_or_default(), c.is_default)
        };
        let (certificates, next_marker) = self.paging.page(all.collect(), key)?;
        Ok(DescribeListenerCertificatesOutput { certificates, next_marker })
    }
}
