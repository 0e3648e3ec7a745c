//! The learner's hands on the machines: for [`Principal::Lab`] only.

use super::{Change, Changed, Host, State};
use base::Time;
use base::text::nearest;
use sim::api::{ApiError, OpDef, Read, Write};
use sim::{Cx, Principal, World};

/// Every operation of the service.
pub static ALL: &[&OpDef] = &[
    &ListMachines::DEF,
    &KillMachine::DEF,
    &StartMachine::DEF,
    &CutNetwork::DEF,
    &HealNetwork::DEF,
    &FillDisk::DEF,
];

/// That the lab itself asks.
///
/// # Errors
/// `AccessControlException` for everybody else.
pub fn hands(cx: &Cx<'_>) -> Result<(), ApiError> {
    if cx.caller.principal == Principal::Lab {
        return Ok(());
    }
    let message = "Only the lab itself can touch the machines.";
    Err(ApiError::new(403, "AccessControlException", message))
}

/// The machines of these names and racks, each once, in the order of the list.
fn choose(world: &World, names: &[String], racks: &[String]) -> Result<Vec<usize>, ApiError> {
    let hosts = &world.get::<State>().hosts;
    let mut chosen = Vec::new();
    for name in names {
        let at = hosts.iter().position(|host| host.name == *name).ok_or_else(|| {
            let known: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
            no_such("node", name, &known)
        })?;
        chosen.push(at);
    }
    for rack in racks {
        let on = hosts.iter().enumerate().filter(|(_, host)| host.rack == *rack);
        let before = chosen.len();
        chosen.extend(on.map(|(at, _)| at));
        if chosen.len() == before {
            let mut known: Vec<&str> = hosts.iter().map(|host| host.rack.as_str()).collect();
            known.dedup();
            return Err(no_such("rack", rack, &known));
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

fn no_such(kind: &str, name: &str, known: &[&str]) -> ApiError {
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known.join(", ")),
    };
    ApiError::new(404, "NoSuchNode", format!("there is no {kind} named {name}; {hint}"))
}

/// The machine of that name.
///
/// # Errors
/// `NoSuchNode`, with the one that may have been meant.
pub fn find(world: &World, name: &str) -> Result<Host, ApiError> {
    let chosen = choose(world, &[name.to_owned()], &[])?;
    Ok(world.get::<State>().hosts[chosen[0]].clone())
}

/// Changes those of the chosen that the change is one for, and tells who hears it. The names of these
/// and of the others.
fn change(world: &mut World, chosen: &[usize], change: Change) -> (Vec<String>, Vec<String>) {
    let now = world.now();
    let hosts = &world.get::<State>().hosts;
    let (new, old): (Vec<usize>, Vec<usize>) = chosen.iter().partition(|at| {
        let host = &hosts[**at];
        match change {
            Change::Off => host.on,
            Change::On => !host.on,
            Change::Cut => host.cut.is_none(),
            Change::Healed => host.cut.is_some(),
            // Filled as far as before, they may have room again since.
            Change::Filled => true,
        }
    });
    let state = world.get_mut::<State>();
    match change {
        Change::Off | Change::On => state.set_power(&new, change == Change::On, now),
        // Those that were cut off before share the new island, too.
        Change::Cut => state.cut(chosen, now),
        Change::Healed => state.heal(&new),
        // How far, the operation has said.
        Change::Filled => {}
    }
    let touched = if change == Change::Cut { chosen } else { new.as_slice() };
    let hosts = state.names(touched);
    let (new, old) = (state.names(&new), state.names(&old));
    if !hosts.is_empty() {
        world.tell(&Changed { change, hosts });
    }
    (new, old)
}

sim::structure! {
    /// One machine. All sizes are bytes.
    pub struct Machine {
        /// `dn1`
        pub name: String => "name",
        /// `10.0.1.11`
        pub address: String => "address",
        /// `/rack1`
        pub rack: String => "rack",
        /// Bytes of memory.
        pub memory: u64 => "memory",
        /// Processor cores.
        pub cores: u32 => "cores",
        /// Bytes of each disk.
        pub disks: Vec<u64> => "disks",
        /// How much of each disk other files take, in percent, as far as there was room for them.
        pub filled: u32 => "filled",
        /// Whether it has power.
        pub on: bool => "on",
        /// Since when it has, or has not.
        pub since: Time => "since",
        /// How often its power came or went.
        pub life: u32 => "life",
        /// The island that it is cut off on; none on the lab's network.
        pub island: Option<u32> => "island",
        /// Since when it is cut off.
        pub cut_since: Option<Time> => "cutSince",
    }
}

sim::operation! {
    /// Lists every machine.
    read ListMachines in "machines" = "";
    input {}
    output ListMachinesOutput {
        /// In the order of the lab's shape.
        pub machines: Vec<Machine> => "machines",
    }
    errors ["AccessControlException"]
    access itself
}

impl Read for ListMachines {
    type Output = ListMachinesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let machine = |host: &Host| Machine {
            name: host.name.clone(),
            address: host.address.clone(),
            rack: host.rack.clone(),
            memory: host.memory,
            cores: host.cores,
            disks: host.disks.clone(),
            filled: host.filled.into(),
            on: host.on,
            since: host.since,
            life: host.life,
            island: host.cut.map(|cut| cut.island),
            cut_since: host.cut.map(|cut| cut.since),
        };
        Ok(ListMachinesOutput { machines: world.get::<State>().hosts().map(machine).collect() })
    }
}

sim::operation! {
    /// Pulls the plug of machines. Their disks keep what is on them.
    write KillMachine in "machines" = "";
    input {
        /// Names of machines.
        pub names: Vec<String> => "names",
        /// Names of racks: every machine on them.
        pub racks: Vec<String> => "racks",
    }
    output KillMachineOutput {
        /// Those that ran until now.
        pub killed: Vec<String> => "killed",
        /// Those that were down already.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchNode"]
    access itself
}

impl Write for KillMachine {
    type Output = KillMachineOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let chosen = choose(world, &self.names, &self.racks)?;
        let (killed, already) = change(world, &chosen, Change::Off);
        Ok(KillMachineOutput { killed, already })
    }
}

sim::operation! {
    /// Gives machines power again.
    write StartMachine in "machines" = "";
    input {
        /// Names of machines.
        pub names: Vec<String> => "names",
        /// Names of racks: every machine on them.
        pub racks: Vec<String> => "racks",
    }
    output StartMachineOutput {
        /// Those that were down until now.
        pub started: Vec<String> => "started",
        /// Those that ran already.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchNode"]
    access itself
}

impl Write for StartMachine {
    type Output = StartMachineOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let chosen = choose(world, &self.names, &self.racks)?;
        let (started, already) = change(world, &chosen, Change::On);
        Ok(StartMachineOutput { started, already })
    }
}

sim::operation! {
    /// Cuts the network around machines: they reach each other, and nobody that is not named.
    write CutNetwork in "machines" = "";
    input {
        /// Names of machines.
        pub names: Vec<String> => "names",
        /// Names of racks: every machine on them.
        pub racks: Vec<String> => "racks",
    }
    output CutNetworkOutput {
        /// Those that were on the lab's network until now.
        pub cut: Vec<String> => "cut",
        /// Those that were cut off already, perhaps together with others.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchNode"]
    access itself
}

impl Write for CutNetwork {
    type Output = CutNetworkOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let chosen = choose(world, &self.names, &self.racks)?;
        let (cut, already) = change(world, &chosen, Change::Cut);
        Ok(CutNetworkOutput { cut, already })
    }
}

sim::operation! {
    /// Mends the network around machines, or all of it when none is named.
    write HealNetwork in "machines" = "";
    input {
        /// Names of machines.
        pub names: Vec<String> => "names",
        /// Names of racks: every machine on them.
        pub racks: Vec<String> => "racks",
    }
    output HealNetworkOutput {
        /// Those that were cut off until now.
        pub healed: Vec<String> => "healed",
        /// Those that were on the lab's network already; not listed where none was named.
        pub already: Vec<String> => "already",
    }
    errors ["AccessControlException", "NoSuchNode"]
    access itself
}

impl Write for HealNetwork {
    type Output = HealNetworkOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let all = self.names.is_empty() && self.racks.is_empty();
        let chosen = if all {
            (0..world.get::<State>().hosts.len()).collect()
        } else {
            choose(world, &self.names, &self.racks)?
        };
        let (healed, already) = change(world, &chosen, Change::Healed);
        Ok(HealNetworkOutput { healed, already: if all { Vec::new() } else { already } })
    }
}

sim::operation! {
    /// Fills the disks of machines with files that belong to nothing here (logs, a forgotten download),
    /// or takes such files away again. What others have on them stays.
    write FillDisk in "machines" = "";
    input {
        /// Names of machines.
        pub names: Vec<String> => "names",
        /// Names of racks: every machine on them.
        pub racks: Vec<String> => "racks",
        /// How much of each disk such files are to take, 0 to 100 percent, as far as there is room.
        pub percent: u32 => "percent",
    }
    output FillDiskOutput {
        /// Those whose disks are so now.
        pub filled: Vec<String> => "filled",
    }
    errors ["AccessControlException", "IllegalArgumentException", "NoSuchNode"]
    access itself
}

impl Write for FillDisk {
    type Output = FillDiskOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        hands(cx)?;
        let percent = u8::try_from(self.percent).ok().filter(|percent| *percent <= 100);
        let percent = percent.ok_or_else(|| {
            let message = format!(
                "percent is {}, and a disk can be filled to 0 to 100 percent of it",
                self.percent
            );
            ApiError::new(400, "IllegalArgumentException", message)
        })?;
        let chosen = choose(world, &self.names, &self.racks)?;
        world.get_mut::<State>().fill(&chosen, percent);
        let (filled, _) = change(world, &chosen, Change::Filled);
        Ok(FillDiskOutput { filled })
    }
}
