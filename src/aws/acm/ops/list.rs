//! The certificates of a region.

use aws::place::Place;
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::shapes::{CertificateSummary, Filters, Status};
use crate::state::{Certificate, State};

/// How many a page may have, and has unless it is said.
const PAGE_MAX: usize = 1_000;
/// How many names a summary has.
const NAMES_MAX: usize = 100;
/// The kinds of keys that are listed unless it is said (API reference, `Filters`).
const USUAL: &[&str] = &["RSA_1024", "RSA_2048"];

sim::operation! {
    /// Lists certificates. Without a word about the kinds of their keys, those with RSA keys of 2048 bits
    /// or less.
    read ListCertificates in "acm" = "POST /";
    input {
        /// What became of them.
        certificate_statuses: Vec<Status> => "CertificateStatuses",
        /// Which.
        includes: Option<Filters> => "Includes",
        /// Where to go on.
        next_token: Option<String> => "NextToken",
        /// How many at most.
        max_items: Option<i64> => "MaxItems",
        /// By what they are put in order: `CREATED_AT`.
        sort_by: Option<String> => "SortBy",
        /// `ASCENDING` or `DESCENDING`.
        sort_order: Option<String> => "SortOrder",
    }
    output ListCertificatesOutput {
        /// Where to go on.
        pub next_token: Option<String> => "NextToken",
        /// The certificates.
        pub certificates: Vec<CertificateSummary> => "CertificateSummaryList",
    }
    errors ["InvalidArgsException", "ValidationException"]
    access { "acm:ListCertificates" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxItems"),
        results: &["CertificateSummaryList"],
    }
}

impl ListCertificates {
    fn takes(&self, found: &Certificate, at: Time) -> bool {
        let nothing = Filters::default();
        let filters = self.includes.as_ref().unwrap_or(&nothing);
        let kind = found.facts.key.as_deref().unwrap_or_default().replace('-', "_");
        let by_kind = if filters.key_types.is_empty() {
            USUAL.contains(&kind.as_str())
        } else {
            filters.key_types.contains(&kind)
        };
        let has = |wanted: &[String], own: &[&str]| {
            wanted.is_empty() || wanted.iter().any(|one| own.contains(&one.as_str()))
        };
        let extended: Vec<&str> = found.facts.extended.iter().map(|(name, _)| *name).collect();
        let statuses = &self.certificate_statuses;
        by_kind
            && (statuses.is_empty() || statuses.contains(&found.status(at)))
            && has(&filters.key_usage, &found.facts.usages)
            && has(&filters.extended_key_usage, &extended)
    }
}

fn summary(arn: &str, found: &Certificate, at: Time) -> CertificateSummary {
    let facts = &found.facts;
    let (domain_name, mut names) = facts.domains();
    let has_more_names = names.len() > NAMES_MAX;
    names.truncate(NAMES_MAX);
    CertificateSummary {
        certificate_arn: arn.to_owned(),
        domain_name,
        names,
        has_more_names,
        status: found.status(at),
        kind: "IMPORTED".to_owned(),
        key_algorithm: facts.key.clone(),
        key_usages: facts.usages.iter().map(|name| (*name).to_owned()).collect(),
        extended_key_usages: facts.extended.iter().map(|(name, _)| (*name).to_owned()).collect(),
        in_use: !found.in_use_by.is_empty(),
        renewal_eligibility: "INELIGIBLE".to_owned(),
        not_before: facts.not_before,
        not_after: facts.not_after,
        created_at: found.created,
        imported_at: Some(found.imported),
    }
}

impl Read for ListCertificates {
    type Output = ListCertificatesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let most = match self.max_items {
            None => PAGE_MAX,
            Some(most) => usize::try_from(most)
                .ok()
                .filter(|most| (1..=PAGE_MAX).contains(most))
                .ok_or_else(|| invalid("MaxItems must be between 1 and 1000"))?,
        };
        match (self.sort_by.as_deref(), self.sort_order.as_deref()) {
            (None, None) | (Some("CREATED_AT"), Some("ASCENDING" | "DESCENDING")) => {}
            _ => return Err(invalid("SortBy and SortOrder must be given together")),
        }
        let all = world.get::<State>().places.get(&Place::of(cx));
        let mut found: Vec<(&String, &Certificate)> =
            all.into_iter().flatten().filter(|(_, one)| self.takes(one, cx.at)).collect();
        match self.sort_order.as_deref() {
            Some("ASCENDING") => found.sort_by_key(|(_, one)| one.created),
            Some(_) => found.sort_by_key(|(_, one)| std::cmp::Reverse(one.created)),
            None => {}
        }
        // The token is the ARN of the last one.
        let start = match &self.next_token {
            None => 0,
            Some(last) => {
                let place = found.iter().position(|(arn, _)| *arn == last);
                place.ok_or_else(|| invalid("The specified NextToken is not valid."))? + 1
            }
        };
        let page: Vec<CertificateSummary> = found
            .iter()
            .skip(start)
            .take(most)
            .map(|(arn, one)| summary(arn, one, cx.at))
            .collect();
        let more = found.len() > start + page.len();
        let next_token = page.last().filter(|_| more).map(|last| last.certificate_arn.clone());
        Ok(ListCertificatesOutput { next_token, certificates: page })
    }
}
