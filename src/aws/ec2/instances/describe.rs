//! `DescribeInstances`.

use std::collections::BTreeMap;

use super::super::error::combination;
use super::super::filter::{Listing, page_size, token};
use super::super::ids::Kind;
use super::super::machine::Machine;
use super::super::portrait;
use super::super::region::Region;
use super::super::shapes::instance::{Instance, Reservation};
use super::super::state::look;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

/// The instances of a reservation, as far as they are there still.
pub(super) fn reservation(region: &Region, id: &str) -> Option<Reservation> {
    let mut own: Vec<&Machine> =
        region.instances.values().filter(|machine| machine.reservation == id).collect();
    own.sort_by_key(|machine| machine.index);
    described(region, &own)
}

/// The instances of one reservation, as it shows them.
pub(super) fn described(region: &Region, own: &[&Machine]) -> Option<Reservation> {
    let first = own.first()?;
    Some(Reservation {
        reservation_id: first.reservation.clone(),
        owner_id: region.place.account.clone(),
        groups: Vec::new(),
        instances: own.iter().map(|machine| portrait::instance(region, machine)).collect(),
    })
}

sim::operation! {
    /// Describes the specified instances or all instances.
    read DescribeInstances in "ec2" = "";
    input {
        ..listing: Listing,
        /// The instance IDs.
        instance_ids: Vec<String> => "InstanceIds" Xml("InstanceId"),
        /// Indicates whether to include managed resources in the output.
        _include_managed_resources: Option<bool> =>
            "IncludeManagedResources",
    }
    output DescribeInstancesOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the reservations.
        pub reservations: Vec<Reservation> => "Reservations" Xml("reservationSet"),
    }
    errors []
    access { "ec2:DescribeInstances" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Reservations"],
    }
    waiters [
        waiter("InstanceExists", 5, 40, &[
            success(Is("length(Reservations[]) > `0`", true)),
            retry(Error("InvalidInstanceID.NotFound")),
        ]),
        waiter("InstanceRunning", 15, 40, &[
            success(All("Reservations[].Instances[].State.Name", "running")),
            failure(Any("Reservations[].Instances[].State.Name", "shutting-down")),
            failure(Any("Reservations[].Instances[].State.Name", "terminated")),
            failure(Any("Reservations[].Instances[].State.Name", "stopping")),
            retry(Error("InvalidInstanceID.NotFound")),
        ]),
        waiter("InstanceStopped", 15, 40, &[
            success(All("Reservations[].Instances[].State.Name", "stopped")),
            failure(Any("Reservations[].Instances[].State.Name", "pending")),
            failure(Any("Reservations[].Instances[].State.Name", "terminated")),
        ]),
        waiter("InstanceTerminated", 15, 40, &[
            success(All("Reservations[].Instances[].State.Name", "terminated")),
            failure(Any("Reservations[].Instances[].State.Name", "pending")),
            failure(Any("Reservations[].Instances[].State.Name", "stopping")),
        ]),
    ]
}

/// What instances can be filtered by.
pub(super) const FILTERS: &[&str] = &[
    "affinity",
    "architecture",
    "availability-zone",
    "block-device-mapping.device-name",
    "block-device-mapping.volume-id",
    "client-token",
    "dns-name",
    "group-id",
    "group-name",
    "iam-instance-profile.arn",
    "image-id",
    "instance-id",
    "instance-state-code",
    "instance-state-name",
    "instance-type",
    "instance.group-id",
    "instance.group-name",
    "ip-address",
    "key-name",
    "launch-index",
    "launch-time",
    "monitoring-state",
    "network-interface.addresses.private-ip-address",
    "network-interface.group-id",
    "network-interface.network-interface-id",
    "network-interface.subnet-id",
    "network-interface.vpc-id",
    "owner-id",
    "private-dns-name",
    "private-ip-address",
    "reservation-id",
    "root-device-name",
    "root-device-type",
    "state-reason-code",
    "subnet-id",
    "tenancy",
    "virtualization-type",
    "vpc-id",
];

/// What an instance has for one of these filters.
pub(super) fn values(
    region: &Region,
    machine: &Machine,
    it: &Instance,
    filter: &str,
) -> Vec<String> {
    if let Some(key) = filter.strip_prefix("tag:") {
        return region.tag(&machine.id, key).into_iter().map(str::to_owned).collect();
    }
    if let Some(rest) = filter.strip_prefix("network-interface.") {
        return interface_values(it, rest);
    }
    let some = |text: &Option<String>| text.iter().cloned().collect();
    let devices = it.block_device_mappings.iter();
    let groups = it.security_groups.iter();
    vec![match filter {
        "architecture" => it.architecture.clone(),
        "availability-zone" => it.placement.availability_zone.clone(),
        "block-device-mapping.device-name" => {
            return devices.map(|device| device.device_name.clone()).collect();
        }
        "block-device-mapping.volume-id" => {
            return devices.map(|device| device.ebs.volume_id.clone()).collect();
        }
        "client-token" => it.client_token.clone(),
        "dns-name" => it.public_dns_name.clone(),
        "group-id" | "instance.group-id" => return groups.map(|g| g.group_id.clone()).collect(),
        "group-name" | "instance.group-name" => {
            return groups.map(|group| group.group_name.clone()).collect();
        }
        "iam-instance-profile.arn" => {
            return it.iam_instance_profile.iter().map(|profile| profile.arn.clone()).collect();
        }
        "image-id" => it.image_id.clone(),
        "instance-id" => it.instance_id.clone(),
        "instance-state-code" => it.state.code.to_string(),
        "instance-state-name" => it.state.name.clone(),
        "instance-type" => it.instance_type.clone(),
        "ip-address" => return some(&it.public_ip_address),
        "key-name" => return some(&it.key_name),
        "launch-index" => it.ami_launch_index.to_string(),
        "launch-time" => it.launch_time.iso_millis(),
        "monitoring-state" => it.monitoring.state.clone(),
        "owner-id" => region.place.account.clone(),
        "private-dns-name" => it.private_dns_name.clone(),
        "private-ip-address" => return some(&it.private_ip_address),
        "reservation-id" => machine.reservation.clone(),
        "root-device-name" => it.root_device_name.clone(),
        "root-device-type" => it.root_device_type.clone(),
        "state-reason-code" => {
            return it.state_reason.iter().map(|reason| reason.code.clone()).collect();
        }
        "subnet-id" => return some(&it.subnet_id),
        "tag-key" => return region.tag_keys(&machine.id),
        "tenancy" => it.placement.tenancy.clone(),
        "virtualization-type" => it.virtualization_type.clone(),
        "vpc-id" => return some(&it.vpc_id),
        _ => return Vec::new(),
    }]
}

fn interface_values(it: &Instance, filter: &str) -> Vec<String> {
    let all = it.network_interfaces.iter();
    match filter {
        "addresses.private-ip-address" => {
            all.map(|interface| interface.private_ip_address.clone()).collect()
        }
        "group-id" => all.flat_map(|i| &i.groups).map(|group| group.group_id.clone()).collect(),
        "network-interface-id" => all.map(|i| i.network_interface_id.clone()).collect(),
        "subnet-id" => all.map(|interface| interface.subnet_id.clone()).collect(),
        "vpc-id" => all.map(|interface| interface.vpc_id.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The instances of these ids, or all.
pub(super) fn asked<'r>(region: &'r Region, ids: &[String]) -> Result<Vec<&'r Machine>, ApiError> {
    if ids.is_empty() {
        return Ok(region.instances.values().collect());
    }
    find_all(region, ids)
}

/// The instances of these ids.
pub(in super::super) fn find_all<'r>(
    region: &'r Region,
    ids: &[String],
) -> Result<Vec<&'r Machine>, ApiError> {
    let gone: Vec<&str> =
        ids.iter().filter(|id| !region.instances.contains_key(*id)).map(String::as_str).collect();
    match gone.as_slice() {
        [] => {}
        [one] => return Err(Kind::Instance.none(one)),
        several => {
            if let Some(odd) = several.iter().find(|id| !Kind::Instance.is_well_formed(id)) {
                return Err(Kind::Instance.none(odd));
            }
            let message = format!("The instance IDs '{}' do not exist", several.join(", "));
            return Err(super::super::error::refuse("InvalidInstanceID.NotFound", message));
        }
    }
    let mut found: Vec<&Machine> = ids.iter().filter_map(|id| region.instances.get(id)).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.dedup_by(|a, b| a.id == b.id);
    Ok(found)
}

impl Read for DescribeInstances {
    type Output = DescribeInstancesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.listing.dry.stop()?;
        self.listing.known(FILTERS)?;
        if let Some(max) = self.listing.max_results {
            if !self.instance_ids.is_empty() {
                return Err(combination(
                    "The parameter instancesSet cannot be used with the parameter maxResults",
                ));
            }
            page_size(max, (5, 1000))?;
        }
        let region = look(world, cx);
        let (page, next_token) = page(&self.listing, &region, &self.instance_ids, |_| true)?;
        let mut reservations: Vec<Reservation> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (machine, instance) in page {
            let place = *places.entry(&machine.reservation).or_insert_with(|| {
                reservations.push(Reservation {
                    reservation_id: machine.reservation.clone(),
                    owner_id: region.place.account.clone(),
                    groups: Vec::new(),
                    instances: Vec::new(),
                });
                reservations.len() - 1
            });
            reservations[place].instances.push(instance);
        }
        for reservation in &mut reservations {
            reservation.instances.sort_by_key(|instance| instance.ami_launch_index);
        }
        Ok(DescribeInstancesOutput { next_token, reservations })
    }
}

/// A page of instances, and the token of the next.
type Page<'r> = (Vec<(&'r Machine, Instance)>, Option<String>);

/// A page of those that fit, in the order of their ids.
pub(super) fn page<'r>(
    listing: &Listing,
    region: &'r Region,
    ids: &[String],
    wanted: impl Fn(&Machine) -> bool,
) -> Result<Page<'r>, ApiError> {
    let after = listing.after()?;
    let max = listing.max_results.and_then(|max| usize::try_from(max).ok());
    let max = max.unwrap_or(if ids.is_empty() { 1000 } else { usize::MAX });
    let mut page: Vec<(&Machine, Instance)> = Vec::new();
    for machine in asked(region, ids)? {
        if after.as_ref().is_some_and(|after| machine.id <= *after) || !wanted(machine) {
            continue;
        }
        let instance = portrait::instance(region, machine);
        if !listing.fit(|filter| values(region, machine, &instance, filter)) {
            continue;
        }
        if page.len() == max {
            let next = page.last().map(|(machine, _)| token(&machine.id));
            return Ok((page, next));
        }
        page.push((machine, instance));
    }
    Ok((page, None))
}
