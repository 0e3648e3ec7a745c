//! What has become of a change, and what the name servers answer.

use sim::api::{ApiError, Read, Refused};
use sim::names::{Code, Query};
use sim::{Cx, World};

use crate::faults::{invalid, no_such_change};
use crate::shapes::record::RecordType;
use crate::shapes::zone::ChangeInfo;
use crate::state::State;
use crate::{answer, ids, name};

sim::operation! {
    /// Tells whether a change has come to the name servers.
    read GetChange in "route53" = "GET /2013-04-01/change/{Id}";
    input {
        /// Its id.
        id: String => "Id" Uri,
    }
    output GetChangeResponse {
        /// The change.
        pub change: Option<ChangeInfo> => "ChangeInfo",
    }
    errors ["InvalidInput", "NoSuchChange"]
    access { "route53:GetChange" on "arn:aws:route53:::change/{Id}" }
    waiters [
        waiter("ResourceRecordSetsChanged", 30, 60, &[success(Path("ChangeInfo.Status", "INSYNC"))]),
    ]
}

impl Read for GetChange {
    type Output = GetChangeResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.id);
        let found = world.get::<State>().changes.get(id).ok_or_else(|| no_such_change(id))?;
        Ok(GetChangeResponse { change: Some(found.told(id)) })
    }
}

sim::operation! {
    /// Tells what a name server of a public zone answers.
    read TestDNSAnswer in "route53" = "GET /2013-04-01/testdnsanswer";
    input {
        /// The zone.
        hosted_zone_id: String => "HostedZoneId" Query("hostedzoneid"),
        /// The name that is asked for.
        record_name: String => "RecordName" Query("recordname"),
        /// The type that is asked for.
        record_type: RecordType => "RecordType" Query("recordtype"),
        /// Whose resolver asks; not simulated, since nothing depends on it.
        _resolver_ip: Refused<String> => "ResolverIP" Query("resolverip"),
        /// For which client it asks; not simulated.
        _client_subnet_ip: Refused<String> => "EDNS0ClientSubnetIP" Query("edns0clientsubnetip"),
        /// For which of its networks; not simulated.
        _client_subnet_mask: Refused<String> => "EDNS0ClientSubnetMask" Query("edns0clientsubnetmask"),
    }
    output TestDNSAnswerResponse {
        /// The name server that was asked.
        pub nameserver: String => "Nameserver",
        /// The name.
        pub record_name: String => "RecordName",
        /// The type.
        pub record_type: RecordType => "RecordType",
        /// The values of the answer.
        pub record_data: Vec<String> => "RecordData" XmlList("RecordData", "RecordDataEntry"),
        /// `NOERROR`
        pub response_code: String => "ResponseCode",
        /// How it was asked.
        pub protocol: String => "Protocol",
    }
    errors ["InvalidInput", "NoSuchHostedZone"]
    access { "route53:TestDNSAnswer" on "*" }
}

impl Read for TestDNSAnswer {
    type Output = TestDNSAnswerResponse;
    fn read(self, world: &World, _: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let id = ids::bare(&self.hosted_zone_id);
        let zone = world.get::<State>().zone(id)?;
        if zone.is_private() {
            return Err(invalid("TestDNSAnswer is not supported for private hosted zones."));
        }
        let asked = name::parse(&self.record_name).map_err(invalid)?;
        let bare = asked.trim_end_matches('.');
        let query = Query::new(bare, self.record_type.as_str(), None);
        let (code, data) = match &zone.live {
            _ if !name::within(&asked, &zone.name) => ("REFUSED", Vec::new()),
            None => (Code::ServFail.name(), Vec::new()),
            Some(records) => {
                let reply = answer::answer(world, id, records, &query);
                let values = reply.records.into_iter().map(|record| record.value);
                (reply.code.name(), values.collect())
            }
        };
        Ok(TestDNSAnswerResponse {
            nameserver: zone.name_servers.first().cloned().unwrap_or_default(),
            record_name: asked.clone(),
            record_type: self.record_type,
            record_data: data,
            response_code: code.to_owned(),
            protocol: "UDP".to_owned(),
        })
    }
}
