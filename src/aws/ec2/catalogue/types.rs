//! Types of instances. Source: the EC2 instance types guide, "General purpose instances" and the like.

use super::super::shapes::image::{
    EbsInfo, InstanceTypeInfo, MemoryInfo, NetworkInfo, PlacementGroupInfo, ProcessorInfo, VCpuInfo,
};

/// A type of the catalogue.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) vcpus: i64,
    pub(crate) threads_per_core: i64,
    pub(crate) memory_mib: i64,
    /// Network interfaces at most, and private addresses of each.
    pub(crate) interfaces: i64,
    pub(crate) addresses: i64,
    network: &'static str,
}

const fn entry(
    name: &'static str,
    (vcpus, threads_per_core): (i64, i64),
    memory_mib: i64,
    (interfaces, addresses): (i64, i64),
    network: &'static str,
) -> Entry {
    Entry { name, vcpus, threads_per_core, memory_mib, interfaces, addresses, network }
}

const FIVE: &str = "Up to 5 Gigabit";
const TEN: &str = "Up to 10 Gigabit";
const LOW: &str = "Low to Moderate";

/// Every type, by name.
pub(crate) static TYPES: &[Entry] = &[
    entry("c5.large", (2, 2), 4096, (3, 10), TEN),
    entry("c5.xlarge", (4, 2), 8192, (4, 15), TEN),
    entry("c6g.large", (2, 1), 4096, (3, 10), TEN),
    entry("m4.large", (2, 2), 8192, (2, 10), "Moderate"),
    entry("m5.large", (2, 2), 8192, (3, 10), TEN),
    entry("m5.xlarge", (4, 2), 16_384, (4, 15), TEN),
    entry("m5.2xlarge", (8, 2), 32_768, (4, 15), TEN),
    entry("m6g.large", (2, 1), 8192, (3, 10), TEN),
    entry("r5.large", (2, 2), 16_384, (3, 10), TEN),
    entry("r5.xlarge", (4, 2), 32_768, (4, 15), TEN),
    entry("t2.nano", (1, 1), 512, (2, 2), LOW),
    entry("t2.micro", (1, 1), 1024, (2, 2), LOW),
    entry("t2.small", (1, 1), 2048, (3, 4), LOW),
    entry("t2.medium", (2, 1), 4096, (3, 6), LOW),
    entry("t2.large", (2, 1), 8192, (3, 12), LOW),
    entry("t3.nano", (2, 2), 512, (2, 2), FIVE),
    entry("t3.micro", (2, 2), 1024, (2, 2), FIVE),
    entry("t3.small", (2, 2), 2048, (3, 4), FIVE),
    entry("t3.medium", (2, 2), 4096, (3, 6), FIVE),
    entry("t3.large", (2, 2), 8192, (3, 12), FIVE),
    entry("t3.xlarge", (4, 2), 16_384, (4, 15), FIVE),
    entry("t3a.micro", (2, 2), 1024, (2, 2), FIVE),
    entry("t3a.small", (2, 2), 2048, (2, 4), FIVE),
    entry("t3a.medium", (2, 2), 4096, (3, 6), FIVE),
    entry("t4g.nano", (2, 1), 512, (2, 2), FIVE),
    entry("t4g.micro", (2, 1), 1024, (2, 2), FIVE),
    entry("t4g.small", (2, 1), 2048, (3, 4), FIVE),
    entry("t4g.medium", (2, 1), 4096, (3, 6), FIVE),
];

/// The type of that name.
pub(crate) fn of_name(name: &str) -> Option<&'static Entry> {
    TYPES.iter().find(|entry| entry.name == name)
}

impl Entry {
    fn family(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }

    /// `arm64` or `x86_64`
    pub(crate) fn architecture(&self) -> &'static str {
        if self.family().ends_with('g') { "arm64" } else { "x86_64" }
    }

    /// Whether it runs on Nitro, and not on Xen.
    pub(crate) fn nitro(&self) -> bool {
        !matches!(self.family(), "t2" | "m4")
    }

    /// Bytes.
    pub(crate) fn memory_bytes(&self) -> u64 {
        u64::try_from(self.memory_mib).unwrap_or_default() << 20
    }

    fn burstable(&self) -> bool {
        self.name.starts_with('t')
    }

    /// It as it is described.
    pub(crate) fn info(&self) -> InstanceTypeInfo {
        let (nitro, arm) = (self.nitro(), self.architecture() == "arm64");
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let support = |yes: &str| if nitro { yes } else { "unsupported" }.to_owned();
        InstanceTypeInfo {
            instance_type: self.name.into(),
            current_generation: self.family() != "m4",
            free_tier_eligible: matches!(self.name, "t2.micro" | "t3.micro"),
            supported_usage_classes: owned(&["on-demand"]),
            supported_root_device_types: owned(&["ebs"]),
            supported_virtualization_types: owned(&["hvm"]),
            bare_metal: false,
            hypervisor: if nitro { "nitro" } else { "xen" }.into(),
            processor_info: ProcessorInfo {
                supported_architectures: owned(&[self.architecture()]),
                sustained_clock_speed_in_ghz: None,
                manufacturer: match self.family() {
                    _ if arm => "AWS",
                    "t3a" => "AMD",
                    _ => "Intel",
                }
                .into(),
            },
            v_cpu_info: VCpuInfo {
                default_v_cpus: self.vcpus,
                default_cores: self.vcpus / self.threads_per_core,
                default_threads_per_core: self.threads_per_core,
            },
            memory_info: MemoryInfo { size_in_mi_b: self.memory_mib },
            instance_storage_supported: false,
            ebs_info: EbsInfo {
                ebs_optimized_support: support("default"),
                encryption_support: "supported".into(),
                nvme_support: support("required"),
            },
            network_info: NetworkInfo {
                network_performance: self.network.into(),
                maximum_network_interfaces: self.interfaces,
                maximum_network_cards: 1,
                default_network_card_index: 0,
                ipv4_addresses_per_interface: self.addresses,
                ipv6_addresses_per_interface: self.addresses,
                ipv6_supported: true,
                ena_support: support("required"),
            },
            placement_group_info: PlacementGroupInfo {
                supported_strategies: owned(&["partition", "spread"]),
            },
            hibernation_supported: false,
            burstable_performance_supported: self.burstable(),
            dedicated_hosts_supported: !self.burstable(),
            auto_recovery_supported: true,
            supported_boot_modes: if arm {
                owned(&["uefi"])
            } else {
                owned(&["legacy-bios", "uefi"])
            },
        }
    }
}
