//! Public machine images. Their ids are functions of region and name, so that every world has the
//! same ones, as AWS has for everybody.
//!
//! Names, owners, devices and sizes are those of the real images; dates and patch levels are of 2025.
//! Sources: the release notes of Amazon Linux 2 and 2023, the ECS developer guide ("Amazon ECS-optimized
//! Linux AMIs"), and Canonical's list of cloud images.

use super::super::shapes::image::{BlockDeviceMapping, EbsBlockDevice, Image};
use base::Rng;
use base::rng::HEX;

/// An image of the catalogue.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    description: &'static str,
    /// The account that gives it away.
    owner: &'static str,
    /// Empty where the owner has none.
    alias: &'static str,
    architecture: &'static str,
    root_device: &'static str,
    /// GiB of the root volume.
    root_gib: i64,
    volume_type: &'static str,
    created: &'static str,
    deprecated: &'static str,
    /// The public parameters of the Systems Manager that lead to it.
    pub(crate) parameters: &'static [&'static str],
}

const AMAZON: &str = "137112412989";
const ECS: &str = "591542846629";
const CANONICAL: &str = "099720109477";

const AL2023: Entry = Entry {
    name: "al2023-ami-2023.7.20250512.0-kernel-6.1-x86_64",
    description: "Amazon Linux 2023 AMI 2023.7.20250512.0 x86_64 HVM kernel-6.1",
    owner: AMAZON,
    alias: "amazon",
    architecture: "x86_64",
    root_device: "/dev/xvda",
    root_gib: 8,
    volume_type: "gp3",
    created: "2025-05-09T21:44:08.000Z",
    deprecated: "2027-05-09T21:44:00.000Z",
    parameters: &[
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
    ],
};

const AL2: Entry = Entry {
    name: "amzn2-ami-hvm-2.0.20250512.0-x86_64-gp2",
    description: "Amazon Linux 2 AMI 2.0.20250512.0 x86_64 HVM gp2",
    volume_type: "gp2",
    created: "2025-05-12T22:05:31.000Z",
    deprecated: "2027-06-30T00:00:00.000Z",
    parameters: &[
        "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
        "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-x86_64-gp2",
    ],
    ..AL2023
};

const ECS_AL2: Entry = Entry {
    name: "amzn2-ami-ecs-hvm-2.0.20250514-x86_64-ebs",
    description: "Amazon Linux AMI 2.0.20250514 x86_64 ECS HVM GP2",
    owner: ECS,
    root_gib: 30,
    created: "2025-05-15T18:32:11.000Z",
    parameters: &["/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id"],
    ..AL2
};

const ECS_AL2023: Entry = Entry {
    name: "al2023-ami-ecs-hvm-2023.0.20250514-kernel-6.1-x86_64",
    description: "Amazon Linux AMI 2023.0.20250514 x86_64 ECS HVM EBS",
    owner: ECS,
    root_gib: 30,
    created: "2025-05-15T18:30:40.000Z",
    parameters: &["/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"],
    ..AL2023
};

const UBUNTU: Entry = Entry {
    name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250516",
    description: "Canonical, Ubuntu, 24.04, amd64 noble image",
    owner: CANONICAL,
    root_device: "/dev/sda1",
    created: "2025-05-16T05:24:18.000Z",
    deprecated: "2027-05-16T05:24:18.000Z",
    parameters: &[
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
    ],
    ..AL2023
};

const AL2023_MINIMAL: Entry = Entry {
    name: "al2023-ami-minimal-2023.7.20250512.0-kernel-6.1-x86_64",
    description: "Amazon Linux 2023 AMI 2023.7.20250512.0 x86_64 Minimal HVM kernel-6.1",
    root_gib: 2,
    parameters: &["/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-x86_64"],
    ..AL2023
};

const UBUNTU_JAMMY: Entry = Entry {
    name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20250516",
    description: "Canonical, Ubuntu, 22.04, amd64 jammy image",
    volume_type: "gp2",
    parameters: &[
        "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
    ],
    ..UBUNTU
};

/// Every image.
pub(crate) static IMAGES: &[Entry] = &[
    AL2023_MINIMAL,
    Entry {
        name: "al2023-ami-minimal-2023.7.20250512.0-kernel-6.1-arm64",
        description: "Amazon Linux 2023 AMI 2023.7.20250512.0 arm64 Minimal HVM kernel-6.1",
        architecture: "arm64",
        parameters: &[
            "/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64",
        ],
        ..AL2023_MINIMAL
    },
    UBUNTU_JAMMY,
    Entry {
        name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-20250516",
        description: "Canonical, Ubuntu, 22.04, arm64 jammy image",
        architecture: "arm64",
        parameters: &[
            "/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id",
        ],
        ..UBUNTU_JAMMY
    },
    AL2023,
    Entry {
        name: "al2023-ami-2023.7.20250512.0-kernel-6.1-arm64",
        description: "Amazon Linux 2023 AMI 2023.7.20250512.0 arm64 HVM kernel-6.1",
        architecture: "arm64",
        parameters: &[
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64",
        ],
        ..AL2023
    },
    AL2,
    Entry {
        name: "amzn2-ami-hvm-2.0.20250512.0-arm64-gp2",
        description: "Amazon Linux 2 LTS Arm64 AMI 2.0.20250512.0 arm64 HVM gp2",
        architecture: "arm64",
        parameters: &[
            "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2",
            "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-arm64-gp2",
        ],
        ..AL2
    },
    ECS_AL2,
    Entry {
        name: "amzn2-ami-ecs-hvm-2.0.20250514-arm64-ebs",
        description: "Amazon Linux AMI 2.0.20250514 arm64 ECS HVM GP2",
        architecture: "arm64",
        parameters: &["/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id"],
        ..ECS_AL2
    },
    ECS_AL2023,
    Entry {
        name: "al2023-ami-ecs-hvm-2023.0.20250514-kernel-6.1-arm64",
        description: "Amazon Linux AMI 2023.0.20250514 arm64 ECS HVM EBS",
        architecture: "arm64",
        parameters: &[
            "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
        ],
        ..ECS_AL2023
    },
    UBUNTU,
    Entry {
        name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250516",
        description: "Canonical, Ubuntu, 24.04, arm64 noble image",
        architecture: "arm64",
        parameters: &[
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
        ],
        ..UBUNTU
    },
];

impl Entry {
    /// Its id in a region.
    pub(crate) fn id(&self, region: &str) -> String {
        self.drawn("ami-", region)
    }

    fn drawn(&self, prefix: &str, region: &str) -> String {
        let mut rng = Rng::labelled(0, &format!("{prefix} {region} {}", self.name));
        format!("{prefix}0{}", rng.text(HEX, 16))
    }

    /// The system's name, as its console says it.
    pub(crate) fn system(&self) -> &'static str {
        match self.owner {
            CANONICAL if self.name.contains("22.04") => "Ubuntu 22.04 LTS",
            CANONICAL => "Ubuntu 24.04 LTS",
            _ if self.name.starts_with("amzn2") => "Amazon Linux 2",
            _ => "Amazon Linux 2023",
        }
    }

    /// Who logs in with the key of a launch.
    pub(crate) fn user(&self) -> &'static str {
        if self.owner == CANONICAL { "ubuntu" } else { "ec2-user" }
    }

    /// It as a region shows it.
    pub(crate) fn image(&self, region: &str) -> Image {
        let alias = (!self.alias.is_empty()).then(|| self.alias.to_owned());
        let place = if self.alias.is_empty() { self.owner } else { self.alias };
        let arm = self.architecture == "arm64";
        Image {
            platform_details: "Linux/UNIX".into(),
            usage_operation: "RunInstances".into(),
            block_device_mappings: vec![BlockDeviceMapping {
                ebs: EbsBlockDevice {
                    delete_on_termination: true,
                    iops: (self.volume_type == "gp3").then_some(3000),
                    snapshot_id: Some(self.drawn("snap-", region)),
                    volume_size: self.root_gib,
                    volume_type: self.volume_type.into(),
                    throughput: (self.volume_type == "gp3").then_some(125),
                    encrypted: false,
                },
                device_name: self.root_device.into(),
            }],
            description: Some(self.description.into()),
            ena_support: true,
            hypervisor: "xen".into(),
            image_owner_alias: alias,
            name: self.name.into(),
            root_device_name: self.root_device.into(),
            root_device_type: "ebs".into(),
            sriov_net_support: "simple".into(),
            tags: Vec::new(),
            virtualization_type: "hvm".into(),
            boot_mode: Some(if arm { "uefi" } else { "uefi-preferred" }.into()),
            deprecation_time: Some(self.deprecated.into()),
            imds_support: self.name.starts_with("al2023").then(|| "v2.0".into()),
            source_instance_id: None,
            source_image_id: None,
            source_image_region: None,
            image_id: self.id(region),
            image_location: format!("{place}/{}", self.name),
            state: "available".into(),
            owner_id: self.owner.into(),
            creation_date: self.created.into(),
            public: true,
            architecture: self.architecture.into(),
            image_type: "machine".into(),
        }
    }
}

/// The image of an id in a region.
pub(crate) fn of_id(region: &str, id: &str) -> Option<&'static Entry> {
    IMAGES.iter().find(|entry| entry.id(region) == id)
}

/// The image of that name.
pub(crate) fn of_name(name: &str) -> Option<&'static Entry> {
    IMAGES.iter().find(|entry| entry.name == name)
}

/// The image whose root disk is made of a snapshot in a region.
pub(crate) fn of_snapshot(region: &str, id: &str) -> Option<&'static Entry> {
    IMAGES.iter().find(|entry| entry.drawn("snap-", region) == id)
}

/// The image that a public parameter of the Systems Manager leads to.
pub(crate) fn of_parameter(name: &str) -> Option<&'static Entry> {
    IMAGES.iter().find(|entry| entry.parameters.contains(&name))
}
