//! Record sets: changed in batches, and listed.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::invalid;
use crate::ops::lists::page_length;
use crate::shapes::record::{ChangeBatch, RecordType, ResourceRecordSet};
use crate::shapes::zone::ChangeInfo;
use crate::state::{State, submit};
use crate::zone::RecordSet;
use crate::{batch, ids, name};

/// How many record sets a page has at most, and unless said.
const ITEMS_MAX: usize = 300;
/// Characters of a comment.
const COMMENT_MAX: usize = 256;

sim::operation! {
    /// Makes, changes and removes record sets: all that a request says, or nothing of it.
    write ChangeResourceRecordSets in "route53" = "POST /2013-04-01/hostedzone/{HostedZoneId}/rrset/";
    input {
        /// The zone.
        hosted_zone_id: String => "HostedZoneId" Uri,
        /// The changes.
        batch: ChangeBatch => "ChangeBatch",
    }
    output ChangeResourceRecordSetsResponse {
        /// The change on its way to the name servers.
        pub change: Option<ChangeInfo> => "ChangeInfo",
    }
    errors ["InvalidChangeBatch", "InvalidInput", "NoSuchHostedZone"]
    access { "route53:ChangeResourceRecordSets" on "arn:aws:route53:::hostedzone/{HostedZoneId}" }
    takes time
}

impl Write for ChangeResourceRecordSets {
    type Output = ChangeResourceRecordSetsResponse;
    fn apply(self, world: &mut World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.hosted_zone_id).to_owned();
        let ChangeBatch { comment, changes } = self.batch;
        if comment.as_ref().is_some_and(|text| text.chars().count() > COMMENT_MAX) {
            let message = format!("The comment has more than {COMMENT_MAX} characters.");
            return Err(invalid(message));
        }
        if changes.is_empty() {
            return Err(invalid("The change batch must contain at least one change."));
        }
        let zone = world.get::<State>().zone(&id)?;
        let records = batch::made(world, &id, zone, &changes)?;
        world.get_mut::<State>().zone_mut(&id)?.records = records;
        Ok(ChangeResourceRecordSetsResponse { change: Some(submit(world, Some(&id), comment)) })
    }
}

sim::operation! {
    /// Lists the record sets of a zone, in the order of their names from the last label to the first.
    read ListResourceRecordSets in "route53" = "GET /2013-04-01/hostedzone/{HostedZoneId}/rrset";
    input {
        /// The zone.
        hosted_zone_id: String => "HostedZoneId" Uri,
        /// The name to begin with.
        start_name: Option<String> => "StartRecordName" Query("name"),
        /// The type to begin with, at that name.
        start_type: Option<RecordType> => "StartRecordType" Query("type"),
        /// The set identifier to begin with, at that name and type.
        start_identifier: Option<String> => "StartRecordIdentifier" Query("identifier"),
        /// How many at most.
        max_items: Option<String> => "MaxItems" Query("maxitems"),
    }
    output ListResourceRecordSetsResponse {
        /// A page of them.
        pub sets: Vec<ResourceRecordSet> =>
            "ResourceRecordSets" XmlList("ResourceRecordSets", "ResourceRecordSet"),
        /// Whether there are more.
        pub is_truncated: bool => "IsTruncated",
        /// The name of the first of the next page.
        pub next_name: Option<String> => "NextRecordName",
        /// Its type.
        pub next_type: Option<RecordType> => "NextRecordType",
        /// Its set identifier, where it has one.
        pub next_identifier: Option<String> => "NextRecordIdentifier",
        /// How many a page may have.
        pub max_items: String => "MaxItems",
    }
    errors ["InvalidInput", "NoSuchHostedZone"]
    access { "route53:ListResourceRecordSets" on "arn:aws:route53:::hostedzone/{HostedZoneId}" }
    pages {
        input: &["StartRecordName", "StartRecordType", "StartRecordIdentifier"],
        output: &["NextRecordName", "NextRecordType", "NextRecordIdentifier"],
        more: Some("IsTruncated"),
        limit: Some("MaxItems"),
        results: &["ResourceRecordSets"],
    }
}

impl Read for ListResourceRecordSets {
    type Output = ListResourceRecordSetsResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let zone = world.get::<State>().zone(ids::bare(&self.hosted_zone_id))?;
        let length = page_length(self.max_items.as_deref(), ITEMS_MAX)?;
        if self.start_type.is_some() && self.start_name.is_none() {
            return Err(invalid("A type to begin with can be given only together with a name."));
        }
        if self.start_identifier.is_some() && self.start_type.is_none() {
            return Err(invalid(
                "A set identifier to begin with can be given only together with a name and a type.",
            ));
        }
        let start = self.start_name.as_deref().map(name::parse).transpose().map_err(invalid)?;
        let order = start.as_deref().map(name::order).unwrap_or_default();
        let kind = self.start_type.map_or("", RecordType::as_str);
        let identifier = self.start_identifier;
        let from = (order.as_str(), kind, identifier.as_deref());
        let all = zone
            .records
            .iter()
            .filter(|(key, _)| (key.order.as_str(), key.kind, key.set.as_deref()) >= from);
        let mut found: Vec<&RecordSet> = all.map(|(_, set)| set).take(length + 1).collect();
        let next = if found.len() > length { found.pop() } else { None };
        Ok(ListResourceRecordSetsResponse {
            sets: found.into_iter().map(RecordSet::told).collect(),
            is_truncated: next.is_some(),
            next_name: next.map(|set| set.name.clone()),
            next_type: next.map(|set| set.kind),
            next_identifier: next.and_then(|set| set.set.clone()),
            max_items: length.to_string(),
        })
    }
}
