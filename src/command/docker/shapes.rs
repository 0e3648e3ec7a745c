//! What the engine's answers are in the reference client's program, for templates.
//!
//! The types are read off `docker::models`: each is asked for its fields as a deserializer would be,
//! so that a field which a model gains is known here. What those models do not say (Go's names, what
//! is a pointer, what is a time and not a text) stands in the tables below, for what differs from
//! the rule.
//!
//! Source of the tables: the reference client 28.2, compared line by line (`tests/peers`).

use std::fmt;
use std::sync::Arc;

use command_line::template::{InJson, Member, Shape, Struct};
use serde::de::value::{BorrowedStrDeserializer, UnitDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};

/// The type that a model stands for, by Go's name for it.
pub(crate) fn of<T: DeserializeOwned>() -> Shape {
    let mut shape = Shape::Any;
    // What a model makes of the made-up values is not asked for: how far it reads them is what counts.
    let _ = T::deserialize(Tracer { into: &mut shape });
    shape
}

/// A struct with more fields.
pub(crate) fn with(shape: Shape, more: Vec<Member>) -> Shape {
    let Shape::Struct(of) = shape else { return shape };
    let mut of = Struct::clone(&of);
    of.fields.extend(more);
    Shape::Struct(Arc::new(of))
}

/// Fields whose values are structs; elsewhere a struct is behind a pointer, and may be missing.
const VALUES: &[(&str, &[&str])] = &[
    ("ClusterInfo", &["Version", "Spec", "TLSInfo"]),
    ("Config", &["Version", "Spec"]),
    ("ContainerInspectResponse", &["GraphDriver"]),
    ("EventMessage", &["Actor"]),
    ("HostConfig", &["LogConfig", "RestartPolicy"]),
    ("ImageInspect", &["RootFS", "Metadata", "GraphDriver"]),
    ("NetworkInspect", &["IPAM", "ConfigFrom"]),
    ("Node", &["Version", "Spec", "Description", "Status"]),
    ("NodeDescription", &["Platform", "Resources", "Engine", "TLSInfo"]),
    ("Plugin", &["Settings", "Config"]),
    ("Secret", &["Version", "Spec"]),
    ("Service", &["Version", "Spec", "Endpoint"]),
    ("ServiceEndpoint", &["Spec"]),
    ("ServiceSpec", &["TaskTemplate", "Mode"]),
    ("SystemInfo", &["Plugins", "Swarm", "ContainerdCommit", "RuncCommit", "InitCommit"]),
    ("Task", &["Version", "Spec", "Status"]),
    ("TaskStatus", &["PortStatus"]),
];

/// Numbers and truths behind a pointer: one that is not there is nothing, not zero.
const POINTERS: &[(&str, &[&str])] = &[
    ("ContainerConfig", &["StopTimeout"]),
    ("ContainerInspectResponse", &["SizeRw", "SizeRootFs"]),
    ("HostConfig", &["Init", "MemorySwappiness", "OomKillDisable", "PidsLimit"]),
    ("ServiceSpecModeReplicated", &["Replicas"]),
    ("ServiceSpecModeReplicatedJob", &["MaxConcurrent", "TotalCompletions"]),
    ("TaskSpecContainerSpec", &["Init", "StopGracePeriod"]),
    ("TaskSpecRestartPolicy", &["Delay", "MaxAttempts", "Window"]),
];

/// Maps and lists of pointers to structs; elsewhere they hold the structs themselves.
const POINTED: &[(&str, &[&str])] = &[("Health", &["Log"]), ("NetworkSettings", &["Networks"])];

/// Times; elsewhere a time is the text that the engine sent.
const TIMES: &[(&str, &[&str])] = &[
    ("ClusterInfo", &["CreatedAt", "UpdatedAt"]),
    ("Config", &["CreatedAt", "UpdatedAt"]),
    ("HealthcheckResult", &["Start", "End"]),
    ("ImageInspectMetadata", &["LastTagTime"]),
    ("NetworkInspect", &["Created"]),
    ("Node", &["CreatedAt", "UpdatedAt"]),
    ("Secret", &["CreatedAt", "UpdatedAt"]),
    ("Service", &["CreatedAt", "UpdatedAt"]),
    ("Task", &["CreatedAt", "UpdatedAt"]),
    ("TaskStatus", &["Timestamp"]),
];

/// Spans of time; elsewhere a number is a number.
const DURATIONS: &[(&str, &[&str])] = &[
    ("HealthConfig", &["Interval", "Timeout", "StartPeriod", "StartInterval"]),
    ("ServiceSpecRollbackConfig", &["Delay", "Monitor"]),
    ("ServiceSpecUpdateConfig", &["Delay", "Monitor"]),
    ("SwarmSpecCaConfig", &["NodeCertExpiry"]),
    ("SwarmSpecDispatcher", &["HeartbeatPeriod"]),
    ("TaskSpecContainerSpec", &["StopGracePeriod"]),
    ("TaskSpecRestartPolicy", &["Delay", "Window"]),
];

/// Fields of models that the reference client does not know yet.
const LATER: &[(&str, &[&str])] = &[
    ("ContainerInspectResponse", &["Storage"]),
    ("ImageInspect", &["Identity"]),
    ("NetworkInspect", &["Status"]),
    ("SystemInfo", &["NRI"]),
];

/// Fields that the reference client knows and the models do not (any more).
const MORE: &[(&str, &[(&str, Kind)])] = &[
    ("EventMessage", &[("status", Kind::Text), ("id", Kind::Text), ("from", Kind::Text)]),
    (
        "ImageInspect",
        &[
            ("Parent", Kind::Text),
            ("Container", Kind::Text),
            ("ContainerConfig", Kind::ContainerConfig),
            ("DockerVersion", Kind::Text),
            ("VirtualSize", Kind::Number),
        ],
    ),
    (
        "NetworkSettings",
        &[
            ("Bridge", Kind::Text),
            ("HairpinMode", Kind::Bool),
            ("LinkLocalIPv6Address", Kind::Text),
            ("LinkLocalIPv6PrefixLen", Kind::Number),
            ("SecondaryIPAddresses", Kind::List),
            ("SecondaryIPv6Addresses", Kind::List),
            ("EndpointID", Kind::Text),
            ("Gateway", Kind::Text),
            ("GlobalIPv6Address", Kind::Text),
            ("GlobalIPv6PrefixLen", Kind::Number),
            ("IPAddress", Kind::Text),
            ("IPPrefixLen", Kind::Number),
            ("IPv6Gateway", Kind::Text),
            ("MacAddress", Kind::Text),
        ],
    ),
    ("SystemInfo", &[("ExecutionDriver", Kind::Text), ("Debug", Kind::Bool)]),
];

/// What a field of [`MORE`] is.
#[derive(Clone, Copy)]
enum Kind {
    Bool,
    ContainerConfig,
    List,
    Number,
    Text,
}

/// Embedded types, whose fields are those of the type that they stand in.
const EMBEDDED: &[(&str, &[&str])] = &[
    ("Config", &["Meta"]),
    ("ConfigSpec", &["Annotations"]),
    ("ContainerInspectResponse", &["ContainerJSONBase"]),
    ("HostConfig", &["Resources"]),
    ("NetworkInspect", &["Network"]),
    ("NetworkSettings", &["NetworkSettingsBase", "DefaultNetworkSettings"]),
    ("Node", &["Meta"]),
    ("NodeSpec", &["Annotations"]),
    ("Secret", &["Meta"]),
    ("SecretSpec", &["Annotations"]),
    ("Service", &["Meta"]),
    ("ServiceSpec", &["Annotations"]),
    ("SystemInfo", &["Info"]),
    ("Task", &["Meta"]),
];

/// Fields that the client prints although an older engine does not send them.
const ALWAYS: &[(&str, &[&str])] = &[
    ("EndpointSettings", &["DNSNames", "GwPriority", "MacAddress"]),
    ("NetworkInspect", &["EnableIPv4"]),
];

/// Types whose empty fields the client does not print.
const SPARSE: &[&str] = &["ImageConfig"];

/// Go's names of types that stand in messages.
const NAMES: &[(&str, &str)] = &[
    ("ClusterInfo", "swarm.ClusterInfo"),
    ("EventActor", "events.Actor"),
    ("EventMessage", "events.Message"),
    ("Health", "container.Health"),
    ("Node", "swarm.Node"),
    ("PluginsInfo", "system.PluginsInfo"),
    ("RegistryServiceConfig", "registry.ServiceConfig"),
    ("Service", "swarm.Service"),
    ("SwarmInfo", "swarm.Info"),
    ("SystemInfo", "system.dockerInfo"),
    ("SystemVersion", "types.Version"),
    ("Volume", "volume.Volume"),
    ("VolumeUsageData", "volume.UsageData"),
];

fn stands_in(table: &[(&str, &[&str])], of: &str, field: &str) -> bool {
    table.iter().any(|(name, fields)| *name == of && fields.contains(&field))
}

/// A field as its type has it.
fn member(of: &str, key: &str, shape: Shape) -> Member {
    let shape = if stands_in(DURATIONS, of, key) { Shape::Duration } else { shape };
    let shape = match shape {
        shape @ Shape::Struct(_) if !stands_in(VALUES, of, key) => Shape::Pointer(Arc::new(shape)),
        Shape::Map(inner) if stands_in(POINTED, of, key) => {
            Shape::Map(Arc::new(Shape::Pointer(inner)))
        }
        Shape::List(inner) if stands_in(POINTED, of, key) => {
            Shape::List(Arc::new(Shape::Pointer(inner)))
        }
        shape if stands_in(POINTERS, of, key) => Shape::Pointer(Arc::new(shape)),
        _ if stands_in(TIMES, of, key) => Shape::Time,
        shape => shape,
    };
    let json = if stands_in(ALWAYS, of, key) {
        InJson::Always
    } else if SPARSE.contains(&of) {
        InJson::UnlessEmpty
    } else {
        InJson::AsGiven
    };
    Member { name: go_name(key), key: key.to_owned(), shape, json }
}

/// `NanoCpus` is `NanoCPUs` in Go, `Id` is `ID`.
fn go_name(key: &str) -> String {
    const SPELLED: &[(&str, &str)] = &[
        ("Cpu", "CPU"),
        ("Dns", "DNS"),
        ("Http", "HTTP"),
        ("Https", "HTTPS"),
        ("Id", "ID"),
        ("Ip", "IP"),
        ("Api", "API"),
    ];
    match key {
        "NanoCpus" => return "NanoCPUs".to_owned(),
        "AuxiliaryAddresses" => return "AuxAddress".to_owned(),
        "CpuCfsPeriod" | "CpuCfsQuota" => return key.replacen("Cpu", "CPU", 1),
        _ => {}
    }
    let mut words: Vec<String> = Vec::new();
    for c in key.chars() {
        match words.last_mut() {
            Some(word) if !c.is_ascii_uppercase() => word.push(c),
            None => words.push(c.to_ascii_uppercase().to_string()),
            Some(_) => words.push(c.to_string()),
        }
    }
    let spelled = |word: String| {
        let found = SPELLED.iter().find(|(json, _)| *json == word);
        found.map_or(word, |(_, go)| (*go).to_owned())
    };
    words.into_iter().map(spelled).collect()
}

/// A deserializer that has no data: it notes what it is asked for, and answers something empty.
struct Tracer<'a> {
    into: &'a mut Shape,
}

/// Why tracing one type ended early.
#[derive(Debug)]
struct Stopped(String);

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stopped {}

impl serde::de::Error for Stopped {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self(why.to_string())
    }
}

macro_rules! scalars {
    ($($method:ident => $shape:ident, $visit:ident($($value:expr)?);)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
            *self.into = Shape::$shape;
            visitor.$visit($($value)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Stopped;

    scalars! {
        deserialize_any => Any, visit_unit();
        deserialize_ignored_any => Any, visit_unit();
        deserialize_unit => Any, visit_unit();
        deserialize_bool => Bool, visit_bool(false);
        deserialize_i8 => Number, visit_i8(0);
        deserialize_i16 => Number, visit_i16(0);
        deserialize_i32 => Number, visit_i32(0);
        deserialize_i64 => Number, visit_i64(0);
        deserialize_u8 => Number, visit_u8(0);
        deserialize_u16 => Number, visit_u16(0);
        deserialize_u32 => Number, visit_u32(0);
        deserialize_u64 => Number, visit_u64(0);
        deserialize_f32 => Number, visit_f32(0.0);
        deserialize_f64 => Number, visit_f64(0.0);
        deserialize_char => Text, visit_char(' ');
        deserialize_str => Text, visit_borrowed_str("");
        deserialize_string => Text, visit_borrowed_str("");
        deserialize_identifier => Text, visit_borrowed_str("");
        deserialize_bytes => Text, visit_borrowed_bytes(b"");
        deserialize_byte_buf => Text, visit_borrowed_bytes(b"");
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        let mut inner = Shape::Any;
        let made = visitor.visit_seq(One { left: true, into: &mut inner });
        *self.into = Shape::List(Arc::new(inner));
        made
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Stopped> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stopped> {
        let mut inner = Shape::Any;
        let made = visitor.visit_map(One { left: true, into: &mut inner });
        *self.into = Shape::Map(Arc::new(inner));
        made
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        let mut found = Vec::new();
        let made = visitor.visit_map(Fields { of: name, rest: fields, found: &mut found });
        let later = |m: &Member| stands_in(LATER, name, &m.key);
        found.retain(|m| !later(m));
        let more = MORE.iter().filter(|(of, _)| *of == name).flat_map(|(_, more)| *more);
        for (key, kind) in more {
            let shape = match kind {
                Kind::Bool => Shape::Bool,
                Kind::ContainerConfig => of::<docker::models::ContainerConfig>(),
                Kind::List => Shape::List(Arc::new(Shape::Any)),
                Kind::Number => Shape::Number,
                Kind::Text => Shape::Text,
            };
            if found.iter().all(|m| m.key != *key) {
                found.push(member(name, key, shape));
            }
        }
        for (_, names) in EMBEDDED.iter().filter(|(of, _)| *of == name) {
            found.extend(names.iter().map(|name| Member {
                name: (*name).to_owned(),
                key: String::new(),
                shape: Shape::Any,
                json: InJson::AsGiven,
            }));
        }
        let go = NAMES.iter().find(|(model, _)| *model == name).map_or(name, |(_, go)| go);
        *self.into = Shape::Struct(Arc::new(Struct { name: go.to_owned(), fields: found }));
        made
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stopped> {
        *self.into = Shape::Text;
        visitor.visit_enum(First(variants.first().copied().unwrap_or_default()))
    }
}

/// A list or a map with one entry.
struct One<'a> {
    left: bool,
    into: &'a mut Shape,
}

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Stopped;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stopped> {
        if !std::mem::take(&mut self.left) {
            return Ok(None);
        }
        seed.deserialize(Tracer { into: self.into }).map(Some)
    }
}

impl<'de> MapAccess<'de> for One<'_> {
    type Error = Stopped;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stopped> {
        if !std::mem::take(&mut self.left) {
            return Ok(None);
        }
        seed.deserialize(Tracer { into: &mut Shape::Any }).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stopped> {
        seed.deserialize(Tracer { into: self.into })
    }
}

/// A struct with all of its fields.
struct Fields<'a> {
    of: &'static str,
    rest: &'static [&'static str],
    found: &'a mut Vec<Member>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Stopped;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stopped> {
        let Some(key) = self.rest.first() else { return Ok(None) };
        let key: BorrowedStrDeserializer<'de, Stopped> = BorrowedStrDeserializer::new(key);
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stopped> {
        let Some((key, rest)) = self.rest.split_first() else {
            return Err(Stopped("a value without a name was asked for".to_owned()));
        };
        self.rest = rest;
        let mut shape = Shape::Any;
        let made = seed.deserialize(Tracer { into: &mut shape });
        self.found.push(member(self.of, key, shape));
        made
    }
}

/// The first variant of an enum.
struct First(&'static str);

impl<'de> EnumAccess<'de> for First {
    type Error = Stopped;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Stopped> {
        let name: BorrowedStrDeserializer<'de, Stopped> = BorrowedStrDeserializer::new(self.0);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for First {
    type Error = Stopped;

    fn unit_variant(self) -> Result<(), Stopped> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Stopped> {
        let nothing: UnitDeserializer<Stopped> = ().into_deserializer();
        seed.deserialize(nothing)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Stopped> {
        Err(Stopped("no model has such a variant".to_owned()))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stopped> {
        Err(Stopped("no model has such a variant".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use docker::models;

    fn names(shape: &Shape) -> (String, Vec<String>) {
        match shape {
            Shape::Struct(of) => {
                (of.name.clone(), of.fields.iter().map(|f| f.name.clone()).collect())
            }
            other => panic!("{other:?} is no struct"),
        }
    }

    #[test]
    fn every_model_is_read_to_its_end() {
        fn check<T: DeserializeOwned>() {
            let mut shape = Shape::Any;
            let made = T::deserialize(Tracer { into: &mut shape });
            assert!(made.is_ok(), "{:?}", made.err());
            assert!(!names(&shape).1.is_empty());
        }
        check::<models::ContainerInspectResponse>();
        check::<models::ImageInspect>();
        check::<models::NetworkInspect>();
        check::<models::Volume>();
        check::<models::Service>();
        check::<models::Node>();
        check::<models::Task>();
        check::<models::Secret>();
        check::<models::Config>();
        check::<models::Plugin>();
        check::<models::SystemInfo>();
        check::<models::SystemVersion>();
        check::<models::EventMessage>();
    }

    /// A table that names what is not there any more says nothing.
    #[test]
    fn the_tables_name_what_there_is() {
        let mut known = Vec::new();
        let mut todo = vec![
            of::<models::ContainerInspectResponse>(),
            of::<models::ImageInspect>(),
            of::<models::NetworkInspect>(),
            of::<models::Volume>(),
            of::<models::Service>(),
            of::<models::Node>(),
            of::<models::Task>(),
            of::<models::Secret>(),
            of::<models::Config>(),
            of::<models::Plugin>(),
            of::<models::SystemInfo>(),
            of::<models::SystemVersion>(),
            of::<models::EventMessage>(),
        ];
        while let Some(shape) = todo.pop() {
            match shape {
                Shape::List(inner) | Shape::Map(inner) | Shape::Pointer(inner) => {
                    todo.push((*inner).clone());
                }
                Shape::Struct(of) => {
                    for field in &of.fields {
                        known.push((of.name.clone(), field.key.clone()));
                        todo.push(field.shape.clone());
                    }
                }
                _ => {}
            }
        }
        for (of, fields) in [VALUES, POINTERS, POINTED, TIMES, DURATIONS, ALWAYS].concat() {
            let go = NAMES.iter().find(|(model, _)| *model == of).map_or(of, |(_, go)| go);
            for field in fields {
                let found = known.iter().any(|(name, key)| name == go && key == field);
                assert!(found, "no model has {of}.{field}");
            }
        }
    }

    #[test]
    fn fields_have_gos_names() {
        let check = |json: &str, want: &str| assert_eq!(go_name(json), want);
        check("Id", "ID");
        check("ExecIDs", "ExecIDs");
        check("NetworkID", "NetworkID");
        check("NanoCpus", "NanoCPUs");
        check("CpuShares", "CPUShares");
        check("CpusetCpus", "CpusetCpus");
        check("DnsOptions", "DNSOptions");
        check("HostIp", "HostIP");
        check("HttpProxy", "HTTPProxy");
        check("HttpsProxy", "HTTPSProxy");
        check("OOMKilled", "OOMKilled");
        check("IPAMConfig", "IPAMConfig");
        check("mediaType", "MediaType");
        check("status", "Status");
    }
}
