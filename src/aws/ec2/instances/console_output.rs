//! `GetConsoleOutput`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::catalogue::types;
use super::super::error::refuse;
use super::super::filter::Dry;
use super::super::ids::Kind;
use super::super::state::look;
use base::Time;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::operation! {
    /// Gets the console output for the specified instance.
    read GetConsoleOutput in "ec2" = "";
    input {
        ..dry: Dry,
        /// The ID of the instance.
        instance_id: String => "InstanceId",
        /// When enabled, retrieves the latest console output for the instance; only types that run on
        /// Nitro have it.
        latest: Option<bool> => "Latest",
    }
    output GetConsoleOutputOutput {
        /// The ID of the instance.
        pub instance_id: String => "InstanceId",
        /// The time at which the output was last updated.
        pub timestamp: Option<Time> => "Timestamp",
        /// The console output, base64-encoded.
        pub output: Option<String> => "Output",
    }
    errors ["InvalidInstanceID.Malformed", "InvalidInstanceID.NotFound", "UnsupportedOperation"]
    access {
        "ec2:GetConsoleOutput" on "arn:aws:ec2:{region}:{account}:instance/{InstanceId}",
    }
}

impl Read for GetConsoleOutput {
    type Output = GetConsoleOutputOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let machine = region.instances.get(&self.instance_id);
        let machine = machine.ok_or_else(|| Kind::Instance.none(&self.instance_id))?;
        let nitro = types::of_name(&machine.kind).is_some_and(types::Entry::nitro);
        if self.latest == Some(true) && !nitro {
            let message = "This instance type does not support retrieving the latest console logs";
            return Err(refuse("UnsupportedOperation", message));
        }
        self.dry.stop()?;
        let (timestamp, output) = machine.console.clone().unzip();
        Ok(GetConsoleOutputOutput {
            instance_id: self.instance_id,
            timestamp,
            output: output.map(|text| STANDARD.encode(text)),
        })
    }
}
