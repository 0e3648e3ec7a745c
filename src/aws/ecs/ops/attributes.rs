//! Attributes that people give to container instances.

use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

use crate::faults::{invalid, no_target};
use crate::names::{self, last};
use crate::page;
use crate::shapes::common::{Attribute, TargetType};
use crate::state::State;
use aws::place::Place;

/// Attributes that somebody gave to an instance, at most.
const ATTRIBUTES_MAX: usize = 10;

/// What attributes of ECS's own begin with.
fn is_own(name: &str) -> bool {
    name.starts_with("ecs.") || name.starts_with("com.amazonaws.ecs.")
}

fn target(attribute: &Attribute) -> Result<String, ApiError> {
    let id = attribute.target_id.as_deref().unwrap_or_default();
    if id.is_empty() {
        return Err(invalid("The target ID must be specified."));
    }
    Ok(last(id).to_owned())
}

fn check_targets(
    world: &World,
    place: &Place,
    cluster: &str,
    attributes: &[Attribute],
) -> Result<(), ApiError> {
    let unit = world.get::<State>().unit(place, cluster)?;
    for attribute in attributes {
        let instance = unit.instances.get(&target(attribute)?).ok_or_else(no_target)?;
        if is_own(&attribute.name) {
            return Err(invalid(format!(
                "The attribute {} is reserved for use by Amazon ECS.",
                attribute.name
            )));
        }
        let given = instance.shown.attributes.iter().filter(|own| !is_own(&own.name));
        if given.count() >= ATTRIBUTES_MAX {
            let message = "You can apply up to 10 custom attributes for each resource.";
            return Err(ApiError::new(400, "AttributeLimitExceededException", message));
        }
    }
    Ok(())
}

sim::operation! {
    /// Gives attributes to container instances.
    write PutAttributes in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// The attributes, with the instances.
        attributes: Vec<Attribute> => required "attributes",
    }
    output PutAttributesOutput {
        /// The attributes.
        pub attributes: Vec<Attribute> => "attributes",
    }
    errors ["AttributeLimitExceededException", "ClusterNotFoundException",
        "InvalidParameterException", "TargetNotFoundException"]
    access { "ecs:PutAttributes" on "arn:aws:ecs:{region}:{account}:container-instance/*" }
}

impl Write for PutAttributes {
    type Output = PutAttributesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        check_targets(world, &place, &cluster, &self.attributes)?;
        let unit = world.get_mut::<State>().unit_mut(&place, &cluster)?;
        for given in &self.attributes {
            let Some(instance) = unit.instances.get_mut(&target(given)?) else { continue };
            let own = Attribute { target_id: None, target_type: None, ..given.clone() };
            instance.shown.attributes.retain(|there| there.name != own.name);
            instance.shown.attributes.push(own);
        }
        Ok(PutAttributesOutput { attributes: self.attributes })
    }
}

sim::operation! {
    /// Takes attributes from container instances.
    write DeleteAttributes in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// The attributes, with the instances.
        attributes: Vec<Attribute> => required "attributes",
    }
    output DeleteAttributesOutput {
        /// The attributes.
        pub attributes: Vec<Attribute> => "attributes",
    }
    errors ["ClusterNotFoundException", "InvalidParameterException", "TargetNotFoundException"]
    access { "ecs:DeleteAttributes" on "arn:aws:ecs:{region}:{account}:container-instance/*" }
}

impl Write for DeleteAttributes {
    type Output = DeleteAttributesOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let (place, cluster) = (Place::of(cx), names::cluster(self.cluster.as_deref()));
        let unit = world.get::<State>().unit(&place, &cluster)?;
        for given in &self.attributes {
            unit.instances.get(&target(given)?).ok_or_else(no_target)?;
        }
        let unit = world.get_mut::<State>().unit_mut(&place, &cluster)?;
        for given in &self.attributes {
            let Some(instance) = unit.instances.get_mut(&target(given)?) else { continue };
            instance.shown.attributes.retain(|own| own.name != given.name || is_own(&own.name));
        }
        Ok(DeleteAttributesOutput { attributes: self.attributes })
    }
}

sim::operation! {
    /// Lists attributes of container instances.
    read ListAttributes in "ecs" = "POST /";
    input {
        /// The name or ARN of the cluster.
        cluster: Option<String> => "cluster",
        /// What they are of: container instances.
        _target_type: TargetType => "targetType",
        /// The name that they have.
        attribute_name: Option<String> => "attributeName",
        /// The value that they have.
        attribute_value: Option<String> => "attributeValue",
        /// Where the last page ended.
        next_token: Option<String> => "nextToken",
        /// How many make a page: 1 to 100.
        max_results: Option<i64> => "maxResults",
    }
    output ListAttributesOutput {
        /// The attributes.
        pub attributes: Vec<Attribute> => "attributes",
        /// Where the page ended, if it is not the last.
        pub next_token: Option<String> => "nextToken",
    }
    errors ["ClusterNotFoundException", "InvalidParameterException"]
    access { "ecs:ListAttributes" on "arn:aws:ecs:{region}:{account}:container-instance/*" }
    pages {
        input: &["nextToken"],
        output: &["nextToken"],
        limit: Some("maxResults"),
        results: &["attributes"],
    }
}

impl Read for ListAttributes {
    type Output = ListAttributesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let cluster = names::cluster(self.cluster.as_deref());
        let unit = world.get::<State>().unit(&Place::of(cx), &cluster)?;
        if self.attribute_value.is_some() && self.attribute_name.is_none() {
            return Err(invalid("The attribute name must be specified with an attribute value."));
        }
        let all = unit.instances.values().flat_map(|instance| {
            instance
                .shown
                .attributes
                .iter()
                .map(|own| Attribute { target_id: Some(instance.shown.arn.clone()), ..own.clone() })
        });
        let fits = |own: &Attribute| {
            self.attribute_name.as_ref().is_none_or(|name| *name == own.name)
                && (self.attribute_value.is_none() || self.attribute_value == own.value)
        };
        let all: Vec<(String, Attribute)> = all
            .filter(fits)
            .map(|own| {
                (format!("{}/{}", own.target_id.as_deref().unwrap_or_default(), own.name), own)
            })
            .collect();
        let token = self.next_token.as_deref();
        let (page, next_token) = page::cut(all, |(key, _)| key, token, self.max_results)?;
        let attributes = page.into_iter().map(|(_, own)| own).collect();
        Ok(ListAttributesOutput { attributes, next_token })
    }
}
