//! Regions and zones.

sim::structure! {
    /// Describes a message about an Availability Zone, Local Zone, or Wavelength Zone.
    pub struct AvailabilityZoneMessage {
        /// The message about the Availability Zone, Local Zone, or Wavelength Zone.
        pub message: String => "Message",
    }
}

sim::structure! {
    /// Describes Availability Zones, Local Zones, and Wavelength Zones.
    pub struct AvailabilityZone {
        /// For Availability Zones, this parameter always has the value of opt-in-not-required.
        pub opt_in_status: String => "OptInStatus",
        /// Any messages about the Availability Zone, Local Zone, or Wavelength Zone.
        pub messages: Vec<AvailabilityZoneMessage> => "Messages" Xml("messageSet"),
        /// The name of the Region.
        pub region_name: String => "RegionName",
        /// The name of the Availability Zone, Local Zone, or Wavelength Zone.
        pub zone_name: String => "ZoneName",
        /// The ID of the Availability Zone, Local Zone, or Wavelength Zone.
        pub zone_id: String => "ZoneId",
        /// The name of the zone group.
        pub group_name: String => "GroupName",
        /// The name of the network border group.
        pub network_border_group: String => "NetworkBorderGroup",
        /// The type of zone.
        pub zone_type: String => "ZoneType",
        /// The state of the Availability Zone, Local Zone, or Wavelength Zone.
        pub state: String => "State" Xml("zoneState"),
    }
}

sim::structure! {
    /// Describes a Region.
    pub struct RegionInfo {
        /// The Region opt-in status.
        pub opt_in_status: String => "OptInStatus",
        /// The name of the Region.
        pub region_name: String => "RegionName",
        /// The Region service endpoint.
        pub endpoint: String => "Endpoint" Xml("regionEndpoint"),
    }
}

sim::structure! {
    /// Describes a value of an account attribute.
    pub struct AccountAttributeValue {
        /// The value of the attribute.
        pub attribute_value: String => "AttributeValue",
    }
}

sim::structure! {
    /// Describes an account attribute.
    pub struct AccountAttribute {
        /// The name of the account attribute.
        pub attribute_name: String => "AttributeName",
        /// The values for the account attribute.
        pub attribute_values: Vec<AccountAttributeValue> =>
            "AttributeValues" Xml("attributeValueSet"),
    }
}
