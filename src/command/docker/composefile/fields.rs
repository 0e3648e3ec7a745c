//! The keys of Compose files, in the order in which the reference prints them.
//!
//! Source: the version 3 format as the reference accepts it (each key tried with each minor
//! version), and the compose-spec for what only `docker compose` reads.

use super::kinds::{
    BOOLEAN, COMMAND, COMMAND_OR_NULL, DURATION, EXTERNAL, INTEGER, LIST_OR_DICT, LOOSE_DICT,
    NUMBER, NUMBER_OR_STRING, OPTIONS, STRING, STRING_OR_LIST, STRINGS, closed,
};
use super::schema::{Extra, Field, Kind, Struct, both, spec, v3};
use super::syntax;

const fn top(kind: &'static Kind) -> Kind {
    Kind::Dict(kind, syntax::is_name)
}

/// The whole file.
pub(super) static ROOT: Kind = Kind::Struct(&Struct {
    fields: &[
        both("version", &STRING),
        spec("name", &STRING),
        both("services", &SERVICES),
        both("networks", &NETWORKS),
        both("volumes", &VOLUMES),
        both("secrets", &SECRETS).since(1),
        both("configs", &CONFIGS).since(3),
    ],
    required: &[],
    nullable: false,
    extra: Extra::Extensions(4),
});

static SERVICES: Kind = top(&Kind::Struct(&SERVICE));
static NETWORKS: Kind = top(&Kind::Struct(&NETWORK));
static VOLUMES: Kind = top(&Kind::Struct(&VOLUME));
static SECRETS: Kind = top(&Kind::Struct(&SECRET));
static CONFIGS: Kind = top(&Kind::Struct(&CONFIG));

pub(super) static SERVICE: Struct = Struct {
    fields: &[
        spec("annotations", &LOOSE_DICT),
        spec("attach", &BOOLEAN),
        both("build", &Kind::OneOf(&[&STRING, &BUILD])),
        both("cap_add", &STRINGS),
        both("cap_drop", &STRINGS),
        both("cgroupns_mode", &STRING).since(9),
        both("cgroup_parent", &STRING),
        spec("cpu_quota", &NUMBER_OR_STRING),
        spec("cpus", &NUMBER_OR_STRING),
        spec("cpuset", &STRING),
        spec("cpu_shares", &NUMBER_OR_STRING),
        v3("command", &COMMAND),
        spec("command", &COMMAND_OR_NULL),
        both("configs", &FILES).since(3),
        both("container_name", &STRING),
        both("credential_spec", &CREDENTIAL_SPEC).since(3),
        v3("depends_on", &STRINGS),
        spec("depends_on", &Kind::OneOf(&[&STRINGS, &DEPENDENCIES])),
        both("deploy", &DEPLOY),
        v3("devices", &STRINGS),
        spec("devices", &Kind::List(&DEVICE, true)),
        both("dns", &STRING_OR_LIST),
        spec("dns_opt", &STRINGS),
        both("dns_search", &STRING_OR_LIST),
        both("domainname", &STRING),
        v3("entrypoint", &COMMAND),
        spec("entrypoint", &COMMAND_OR_NULL),
        v3("environment", &LIST_OR_DICT),
        spec("environment", &LOOSE_DICT),
        v3("env_file", &STRING_OR_LIST),
        spec("env_file", &Kind::OneOf(&[&STRING, &Kind::List(&ENV_FILE, false)])),
        both("expose", &Kind::List(&EXPOSED, true)),
        spec("extends", &Kind::OneOf(&[&STRING, &EXTENDS])),
        both("external_links", &STRINGS),
        v3("extra_hosts", &LIST_OR_DICT),
        spec("extra_hosts", &LOOSE_DICT),
        spec("group_add", &Kind::List(&NUMBER_OR_STRING, true)),
        both("hostname", &STRING),
        both("healthcheck", &HEALTHCHECK),
        both("image", &STRING),
        both("init", &BOOLEAN).since(7),
        both("ipc", &STRING),
        both("isolation", &STRING).since(5),
        v3("labels", &LIST_OR_DICT),
        spec("labels", &LOOSE_DICT),
        both("links", &STRINGS),
        both("logging", &LOGGING),
        both("mac_address", &STRING),
        spec("mem_limit", &NUMBER_OR_STRING),
        spec("mem_reservation", &NUMBER_OR_STRING),
        spec("memswap_limit", &NUMBER_OR_STRING),
        both("network_mode", &STRING),
        both("networks", &Kind::OneOf(&[&STRINGS, &SERVICE_NETWORKS])),
        both("oom_score_adj", &INTEGER).since(13),
        spec("oom_kill_disable", &BOOLEAN),
        both("pid", &Kind::Is(&["string", "null"])),
        spec("pids_limit", &NUMBER_OR_STRING),
        spec("platform", &STRING),
        both("ports", &Kind::List(&PORT, true)),
        both("privileged", &BOOLEAN),
        spec("profiles", &STRINGS),
        spec("pull_policy", &PULL_POLICY),
        both("read_only", &BOOLEAN),
        both("restart", &STRING),
        spec("runtime", &STRING),
        spec("scale", &INTEGER),
        both("secrets", &FILES).since(1),
        both("security_opt", &STRINGS),
        both("shm_size", &NUMBER_OR_STRING),
        both("stdin_open", &BOOLEAN),
        both("stop_grace_period", &DURATION),
        both("stop_signal", &STRING),
        spec("storage_opt", &OPTIONS),
        both("sysctls", &LIST_OR_DICT),
        both("tmpfs", &STRING_OR_LIST),
        both("tty", &BOOLEAN),
        both("ulimits", &Kind::Dict(&ULIMIT, syntax::is_lower)),
        both("user", &STRING),
        both("userns_mode", &STRING),
        both("volumes", &Kind::List(&MOUNT, true)),
        spec("volumes_from", &STRINGS),
        both("working_dir", &STRING),
    ],
    required: &[],
    nullable: false,
    extra: Extra::Extensions(7),
};

static PULL_POLICY: Kind = Kind::Word(&["always", "never", "if_not_present", "build", "missing"]);

static BUILD: Kind = Kind::Struct(&Struct {
    fields: &[
        both("context", &STRING),
        both("dockerfile", &STRING),
        spec("dockerfile_inline", &STRING),
        v3("args", &LIST_OR_DICT),
        spec("args", &LOOSE_DICT),
        both("labels", &LIST_OR_DICT).since(3),
        both("cache_from", &STRINGS).since(2),
        both("extra_hosts", &LIST_OR_DICT).since(9),
        both("network", &STRING).since(4),
        both("target", &STRING).since(4),
        both("shm_size", &NUMBER_OR_STRING).since(5),
        spec("no_cache", &BOOLEAN),
        spec("pull", &BOOLEAN),
        spec("tags", &STRINGS),
    ],
    required: &[],
    nullable: false,
    extra: Extra::All(11),
});

static DEVICE: Kind = Kind::OneOf(&[
    &STRING,
    &Kind::Struct(&closed(&[
        both("source", &STRING),
        both("target", &STRING),
        both("permissions", &STRING),
    ])),
]);

static CREDENTIAL_SPEC: Kind = Kind::Struct(&closed(&[
    both("config", &STRING).since(8),
    both("file", &STRING),
    both("registry", &STRING),
]));

static DEPENDENCIES: Kind = Kind::Dict(
    &Kind::Struct(&Struct {
        fields: &[
            both(
                "condition",
                &Kind::Word(&[
                    "service_started",
                    "service_healthy",
                    "service_completed_successfully",
                ]),
            ),
            both("restart", &BOOLEAN),
            both("required", &BOOLEAN),
        ],
        required: &["condition"],
        nullable: false,
        extra: Extra::Nothing,
    }),
    syntax::is_name,
);

static ENV_FILE: Kind = Kind::OneOf(&[
    &STRING,
    &Kind::Struct(&Struct {
        fields: &[both("path", &STRING), both("required", &BOOLEAN), both("format", &STRING)],
        required: &["path"],
        nullable: false,
        extra: Extra::Nothing,
    }),
]);

static EXTENDS: Kind = Kind::Struct(&Struct {
    fields: &[both("file", &STRING), both("service", &STRING)],
    required: &["service"],
    nullable: false,
    extra: Extra::Nothing,
});

static EXPOSED: Kind = Kind::Form(&["string", "number"], "expose", syntax::is_exposed);

static HEALTHCHECK: Kind = Kind::Struct(&closed(&[
    both("test", &COMMAND),
    both("timeout", &DURATION),
    both("interval", &DURATION),
    both("retries", &NUMBER),
    both("start_period", &DURATION).since(4),
    both("start_interval", &DURATION).since(12),
    both("disable", &BOOLEAN),
]));

static LOGGING: Kind = Kind::Struct(&closed(&[both("driver", &STRING), both("options", &OPTIONS)]));

static SERVICE_NETWORKS: Kind = Kind::Dict(
    &Kind::Struct(&Struct {
        fields: &[
            both("aliases", &STRINGS),
            both("ipv4_address", &STRING),
            both("ipv6_address", &STRING),
            both("driver_opts", &OPTIONS).since(13),
            spec("gw_priority", &NUMBER),
            spec("interface_name", &STRING),
            spec("link_local_ips", &STRINGS),
            spec("mac_address", &STRING),
            spec("priority", &NUMBER),
        ],
        required: &[],
        nullable: true,
        extra: Extra::Nothing,
    }),
    syntax::is_name,
);

static PORT: Kind = Kind::OneOf(&[
    &Kind::Form(&["number"], "ports", syntax::is_port),
    &Kind::Form(&["string"], "ports", syntax::is_port),
    &Kind::Struct(&closed(&[
        both("mode", &STRING),
        spec("host_ip", &STRING),
        v3("target", &INTEGER),
        spec("target", &NUMBER_OR_STRING),
        v3("published", &INTEGER),
        spec("published", &NUMBER_OR_STRING),
        both("protocol", &STRING),
        spec("name", &STRING),
        spec("app_protocol", &STRING),
    ])),
]);

static FILES: Kind = Kind::List(
    &Kind::OneOf(&[
        &STRING,
        &Kind::Struct(&Struct {
            fields: &[
                both("source", &STRING),
                both("target", &STRING),
                both("uid", &STRING),
                both("gid", &STRING),
                v3("mode", &NUMBER),
                spec("mode", &NUMBER_OR_STRING),
            ],
            required: &[],
            nullable: false,
            extra: Extra::All(0),
        }),
    ]),
    false,
);

static ULIMIT: Kind = Kind::OneOf(&[
    &INTEGER,
    &Kind::Struct(&Struct {
        fields: &[both("soft", &INTEGER), both("hard", &INTEGER)],
        required: &["soft", "hard"],
        nullable: false,
        extra: Extra::Nothing,
    }),
]);

/// A part of a mount: anything may stand beside what is known.
const fn open(fields: &'static [Field]) -> Struct {
    Struct { fields, required: &[], nullable: false, extra: Extra::All(0) }
}

static MOUNT: Kind = Kind::OneOf(&[
    &STRING,
    &Kind::Struct(&Struct {
        fields: &[
            both("type", &STRING),
            both("source", &STRING),
            both("target", &STRING),
            both("read_only", &BOOLEAN),
            both("consistency", &STRING),
            both(
                "bind",
                &Kind::Struct(&open(&[
                    spec("selinux", &STRING),
                    both("propagation", &STRING),
                    spec("create_host_path", &BOOLEAN),
                ])),
            ),
            both(
                "volume",
                &Kind::Struct(&open(&[both("nocopy", &BOOLEAN), spec("subpath", &STRING)])),
            ),
            both(
                "tmpfs",
                &Kind::Struct(&open(&[v3("size", &INTEGER), spec("size", &NUMBER_OR_STRING)])),
            )
            .since(6),
        ],
        required: &["type"],
        nullable: false,
        extra: Extra::Nothing,
    }),
]);

static DEPLOY: Kind = Kind::Struct(&Struct {
    fields: &[
        both("mode", &STRING),
        v3("replicas", &INTEGER),
        spec("replicas", &INTEGER),
        v3("labels", &LIST_OR_DICT),
        spec("labels", &LOOSE_DICT),
        both("update_config", &CHANGE),
        both("rollback_config", &CHANGE).since(7),
        both("resources", &RESOURCES),
        both(
            "restart_policy",
            &Kind::Struct(&closed(&[
                both("condition", &STRING),
                both("delay", &DURATION),
                both("max_attempts", &INTEGER),
                both("window", &DURATION),
            ])),
        ),
        both("placement", &PLACEMENT),
        both("endpoint_mode", &STRING).since(2),
    ],
    required: &[],
    nullable: true,
    extra: Extra::Nothing,
});

static CHANGE: Kind = Kind::Struct(&closed(&[
    both("parallelism", &INTEGER),
    both("delay", &DURATION),
    both("failure_action", &STRING),
    both("monitor", &DURATION),
    both("max_failure_ratio", &NUMBER),
    both("order", &Kind::Word(&["start-first", "stop-first"])).since(4),
]));

static RESOURCES: Kind = Kind::Struct(&closed(&[
    both(
        "limits",
        &Kind::Struct(&closed(&[
            v3("cpus", &STRING),
            spec("cpus", &NUMBER_OR_STRING),
            v3("memory", &STRING),
            spec("memory", &NUMBER_OR_STRING),
            v3("pids", &INTEGER).since(9),
            spec("pids", &NUMBER_OR_STRING),
        ])),
    ),
    both(
        "reservations",
        &Kind::Struct(&closed(&[
            v3("cpus", &STRING),
            spec("cpus", &NUMBER_OR_STRING),
            v3("memory", &STRING),
            spec("memory", &NUMBER_OR_STRING),
            both("generic_resources", &Kind::List(&GENERIC, false)).since(5),
            spec("devices", &Kind::Any),
        ])),
    ),
]));

static GENERIC: Kind = Kind::Struct(&closed(&[both(
    "discrete_resource_spec",
    &Kind::Struct(&closed(&[both("kind", &STRING), both("value", &NUMBER)])),
)]));

static PLACEMENT: Kind = Kind::Struct(&closed(&[
    both("constraints", &Kind::List(&STRING, false)),
    both("preferences", &Kind::List(&Kind::Struct(&closed(&[both("spread", &STRING)])), false))
        .since(3),
    both("max_replicas_per_node", &INTEGER).since(8),
]));

static NETWORK: Struct = Struct {
    fields: &[
        both("name", &STRING).since(5),
        both("driver", &STRING),
        both("driver_opts", &OPTIONS),
        both(
            "ipam",
            &Kind::Struct(&closed(&[
                both("driver", &STRING),
                v3(
                    "config",
                    &Kind::List(&Kind::Struct(&closed(&[both("subnet", &STRING)])), false),
                ),
                spec("config", &Kind::List(&POOL, false)),
                spec("options", &OPTIONS),
            ])),
        ),
        both("external", &EXTERNAL),
        both("internal", &BOOLEAN),
        both("attachable", &BOOLEAN).since(2),
        spec("enable_ipv4", &BOOLEAN),
        spec("enable_ipv6", &BOOLEAN),
        v3("labels", &LIST_OR_DICT),
        spec("labels", &LOOSE_DICT),
    ],
    required: &[],
    nullable: true,
    extra: Extra::Extensions(7),
};

static POOL: Kind = Kind::Struct(&closed(&[
    both("subnet", &STRING),
    both("ip_range", &STRING),
    both("gateway", &STRING),
    both("aux_addresses", &OPTIONS),
]));

static VOLUME: Struct = Struct {
    fields: &[
        both("name", &STRING).since(4),
        both("driver", &STRING),
        both("driver_opts", &OPTIONS),
        both("external", &EXTERNAL),
        v3("labels", &LIST_OR_DICT),
        spec("labels", &LOOSE_DICT),
    ],
    required: &[],
    nullable: true,
    extra: Extra::Extensions(7),
};

static SECRET: Struct = Struct {
    fields: &[
        both("name", &STRING).since(5),
        both("file", &STRING),
        spec("environment", &STRING),
        both("external", &EXTERNAL),
        both("labels", &LIST_OR_DICT),
        both("driver", &STRING).since(8),
        both("driver_opts", &OPTIONS).since(8),
        both("template_driver", &STRING).since(8),
    ],
    required: &[],
    nullable: false,
    extra: Extra::Extensions(7),
};

static CONFIG: Struct = Struct {
    fields: &[
        both("name", &STRING).since(5),
        both("file", &STRING),
        spec("content", &STRING),
        spec("environment", &STRING),
        both("external", &EXTERNAL),
        both("labels", &LIST_OR_DICT),
        both("template_driver", &STRING).since(8),
    ],
    required: &[],
    nullable: false,
    extra: Extra::Extensions(7),
};
