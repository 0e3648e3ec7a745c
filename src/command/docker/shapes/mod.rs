//! What the engine's answers are in the reference client's program, for templates.
//!
//! The types are read off `docker::models`: each is asked for its fields as a deserializer would be,
//! so that a field which a model gains is known here. What those models do not say (Go's names, what
//! is a pointer, what is a time and not a text) stands in the tables below, for what differs from
//! the rule.
//!
//! Source of the tables: the reference client 28.2, compared line by line (`tests/peers`).

mod tables;
mod tracer;

use std::sync::Arc;

use command_line::template::{InJson, Member, Shape, Struct};
use serde::de::DeserializeOwned;

use tables::{
    ALWAYS, DURATIONS, EMPTY, POINTED, POINTERS, RENAMED, SPARSE, TIMES, VALUES, stands_in,
};
use tracer::Tracer;

/// The type that a model stands for, by Go's name for it.
pub(crate) fn of<T: DeserializeOwned>() -> Shape {
    let mut shape = Shape::Any;
    // What a model makes of the made-up values is not asked for: how far it reads them is what counts.
    let _ = T::deserialize(Tracer { into: &mut shape, member });
    shape
}

/// A struct with more fields.
pub(crate) fn with(shape: Shape, more: Vec<Member>) -> Shape {
    let Shape::Struct(of) = shape else { return shape };
    let mut of = Struct::clone(&of);
    of.fields.extend(more);
    Shape::Struct(Arc::new(of))
}

/// A field as its type has it.
fn member(of: &str, key: &str, shape: Shape) -> Member {
    let renamed = RENAMED.iter().find(|(name, field, _)| *name == of && *field == key);
    let key = renamed.map_or(key, |(_, _, spelled)| spelled);
    let shape = if stands_in(EMPTY, of, key) {
        Shape::Struct(Struct { name: key.to_owned(), fields: Vec::new() }.into())
    } else {
        shape
    };
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

#[cfg(test)]
mod tests {
    use super::tables::NAMES;
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
            let made = T::deserialize(Tracer { into: &mut shape, member });
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
        for (of, fields) in [VALUES, POINTERS, POINTED, TIMES, DURATIONS, EMPTY, ALWAYS].concat() {
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
