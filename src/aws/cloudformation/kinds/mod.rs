//! The types of resources: what a template may say of each, and by which operations it is made,
//! changed and taken away.
//!
//! Sources: CloudFormation template reference (properties, what needs replacement, `Ref` and
//! `Fn::GetAtt`), and the services' API references. An adapter asks for the operations that a person
//! would, as the person who asked for the stack, so the person's rights apply.

mod addresses;
mod alarm;
mod autoscaling;
mod bucket;
mod call;
mod dns;
mod ecs;
mod fit;
mod gateways;
mod group;
mod iam_documents;
mod iam_names;
mod image_repository;
mod instance;
mod launch_template;
mod load_balancer;
mod log_group;
mod network_acl;
mod parameter;
mod route;
mod security_group;
mod subnet;
mod table;
mod volume;
mod vpc;
mod wait;

use serde_json::{Map, Value};

pub(crate) use call::{Call, Failure, Outcome};
pub(crate) use wait::{HANDLE, progress_of, signals as wait_signals};

/// Properties of a resource, all functions evaluated.
pub(crate) type Properties = Map<String, Value>;

/// Whether something that takes its time is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    Ready,
    Wait,
    Failed(String),
}

/// A type of resources.
pub(crate) struct Kind {
    /// `AWS::EC2::VPC`
    pub(crate) name: &'static str,
    /// Names with spaces between; behind one stands `*` where it must be given and `!` where a change
    /// of it needs another resource in place of this one.
    pub(crate) properties: &'static str,
    /// What `Fn::GetAtt` knows, with spaces between; `Outputs.` stands for all that begin so.
    pub(crate) attributes: &'static str,
    /// The property that names it, where it has a name that its owner can choose.
    pub(crate) named_by: Option<&'static str>,
    /// Whether whoever makes it grants rights, and has to say that it is meant.
    pub(crate) grants: bool,
    /// How `Tags` are written, where there are any.
    pub(crate) tags: Tags,
    /// How long it takes until it is looked at whether it is there, and whether it is gone.
    pub(crate) makes_s: u64,
    pub(crate) removes_s: u64,
    pub(crate) create: fn(&mut Call<'_>, &Properties) -> Outcome<String>,
    pub(crate) update: fn(&mut Call<'_>, &str, &Properties, &Properties) -> Outcome<()>,
    pub(crate) delete: fn(&mut Call<'_>, &str, &Properties) -> Outcome<()>,
    pub(crate) ready: fn(&mut Call<'_>, &str, &Properties) -> Outcome<Progress>,
    pub(crate) gone: fn(&mut Call<'_>, &str, &Properties) -> Outcome<bool>,
    pub(crate) reference: fn(&mut Call<'_>, &str, &Properties) -> Outcome<Value>,
    pub(crate) attribute: fn(&mut Call<'_>, &str, &Properties, &str) -> Outcome<Value>,
}

/// How tags are written in a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tags {
    None,
    /// `[{Key, Value}]`
    List,
    /// `{key: value}`
    Map,
    /// `[{Key, Value, PropagateAtLaunch}]`
    Propagated,
}

/// A kind without anything, to fill up from.
const PLAIN: Kind = Kind {
    name: "",
    properties: "",
    attributes: "",
    named_by: None,
    grants: false,
    tags: Tags::None,
    makes_s: 1,
    removes_s: 1,
    create: |_, _| Err(Failure::Plain("This type cannot be created".to_owned())),
    update: |_, _, _, _| Ok(()),
    delete: |_, _, _| Ok(()),
    ready: |_, _, _| Ok(Progress::Ready),
    gone: |_, _, _| Ok(true),
    reference: |_, id, _| Ok(id.into()),
    attribute: |_, _, _, name| Err(Failure::Plain(format!("There is no attribute {name}"))),
};

/// Every type, in alphabetical order.
static ALL: &[&Kind] = &[
    &autoscaling::GROUP,
    &autoscaling::LAUNCH_CONFIGURATION,
    &wait::STACK,
    &wait::CONDITION,
    &wait::HANDLE,
    &alarm::ALARM,
    &table::TABLE,
    &addresses::EIP,
    &addresses::ASSOCIATION,
    &instance::INSTANCE,
    &gateways::INTERNET,
    &addresses::KEY_PAIR,
    &launch_template::TEMPLATE,
    &gateways::NAT,
    &network_acl::ACL,
    &network_acl::ENTRY,
    &route::ROUTE,
    &route::TABLE,
    &security_group::GROUP,
    &security_group::EGRESS,
    &security_group::INGRESS,
    &subnet::SUBNET,
    &subnet::ACL_ASSOCIATION,
    &route::ASSOCIATION,
    &vpc::VPC,
    &gateways::ATTACHMENT,
    &volume::VOLUME,
    &volume::ATTACHMENT,
    &image_repository::REPOSITORY,
    &ecs::CLUSTER,
    &ecs::SERVICE,
    &ecs::TASK_DEFINITION,
    &load_balancer::LISTENER,
    &load_balancer::RULE,
    &load_balancer::BALANCER,
    &load_balancer::TARGETS,
    &group::ACCESS_KEY,
    &group::GROUP,
    &iam_names::INSTANCE_PROFILE,
    &iam_documents::MANAGED_POLICY,
    &iam_documents::POLICY,
    &iam_names::ROLE,
    &group::USER,
    &group::MEMBERSHIP,
    &log_group::LOG_GROUP,
    &dns::ZONE,
    &dns::RECORD_SET,
    &dns::GROUP,
    &bucket::BUCKET,
    &bucket::POLICY,
    &parameter::PARAMETER,
];

/// The type of that name.
pub(crate) fn find(name: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.name == name)
}

/// How a change of a property is made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Change {
    InPlace,
    Replace,
}

impl Kind {
    fn property(&self, name: &str) -> Option<(bool, Change)> {
        let found =
            self.properties.split(' ').find(|word| word.trim_end_matches(['*', '!']) == name)?;
        let change = if found.contains('!') { Change::Replace } else { Change::InPlace };
        Some((found.contains('*'), change))
    }

    /// How a change of this property is made.
    pub(crate) fn change(&self, name: &str) -> Change {
        self.property(name).map_or(Change::InPlace, |(_, change)| change)
    }

    pub(crate) fn has_attribute(&self, name: &str) -> bool {
        self.attributes.split(' ').any(|known| {
            !known.is_empty()
                && (known == name || (known.ends_with('.') && name.starts_with(known)))
        })
    }

    /// Whether these properties are ones, and those that must be there are.
    ///
    /// # Errors
    /// What is wrong, as the service words it.
    pub(crate) fn check(&self, properties: &Properties) -> Result<(), String> {
        for name in properties.keys() {
            if self.property(name).is_none() {
                return Err(format!("Encountered unsupported property {name}"));
            }
        }
        let must = self.properties.split(' ').filter(|word| word.contains('*'));
        for name in must.map(|word| word.trim_end_matches(['*', '!'])) {
            if !properties.contains_key(name) {
                return Err(format!("Property {name} cannot be empty."));
            }
        }
        Ok(())
    }
}

/// The properties whose values differ.
pub(crate) fn changed<'a>(old: &'a Properties, new: &'a Properties) -> Vec<&'a str> {
    let mut names: Vec<&str> = old.keys().chain(new.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| old.get(*name) != new.get(*name));
    names
}

/// These properties, by the same names.
fn pick(properties: &Properties, names: &[&str]) -> Properties {
    let given = names
        .iter()
        .filter_map(|name| properties.get(*name).map(|value| ((*name).to_owned(), value.clone())));
    given.collect()
}

/// A property that is text.
fn text(properties: &Properties, name: &str) -> Option<String> {
    properties.get(name).and_then(crate::text::text_of)
}

/// A property that is a list.
fn list<'a>(properties: &'a Properties, name: &str) -> &'a [Value] {
    properties.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A property that is a list of texts.
fn texts(properties: &Properties, name: &str) -> Vec<String> {
    list(properties, name).iter().filter_map(crate::text::text_of).collect()
}

/// A property that is yes or no.
fn flag(properties: &Properties, name: &str) -> Option<bool> {
    text(properties, name).map(|text| text == "true")
}

/// What the members of this path lead to, as text; empty when there is nothing.
fn at(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(crate::text::text_of).unwrap_or_default()
}

/// A document of a policy, as text.
fn document(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The tags of a resource, as keys and values.
pub(crate) fn tag_pairs(properties: &Properties) -> Vec<(String, String)> {
    let tags = call::tag_map(properties).into_iter();
    tags.map(|(key, value)| (key, crate::text::text_of(&value).unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::{ALL, find};

    #[test]
    fn every_type_stands_once_and_is_whole() {
        for kind in ALL {
            assert_eq!(find(kind.name).map(|found| found.properties), Some(kind.properties));
            assert!(kind.name.starts_with("AWS::"), "{}", kind.name);
            for word in kind.properties.split(' ').filter(|word| !word.is_empty()) {
                let name = word.trim_end_matches(['*', '!']);
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{}: {word}", kind.name);
            }
            if let Some(name) = kind.named_by {
                assert!(kind.property(name).is_some(), "{}: {name}", kind.name);
            }
        }
    }
}
