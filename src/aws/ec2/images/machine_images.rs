//! `DescribeImages`.

use super::super::catalogue::images::IMAGES;
use super::super::filter::{Listing, page_size, token};
use super::super::known_images::{none, shared};
use super::super::region::{Place, Region};
use super::super::shapes::image::Image;
use super::super::state::look;
use sim::api::{ApiError, Read, Refused};
use sim::{Cx, World};

sim::operation! {
    /// Describes the specified images (AMIs, AKIs, and ARIs) available to you or all of the images
    /// available to you.
    read DescribeImages in "ec2" = "";
    input {
        ..listing: Listing,
        /// Scopes the images by users with explicit launch permissions.
        executable_users: Vec<String> => "ExecutableUsers" Xml("ExecutableBy"),
        /// The image IDs.
        image_ids: Vec<String> => "ImageIds" Xml("ImageId"),
        /// Scopes the results to images with the specified owners.
        owners: Vec<String> => "Owners" Xml("Owner"),
        /// Specifies whether to include deprecated AMIs.
        include_deprecated: Option<bool> => "IncludeDeprecated",
        /// Specifies whether to include disabled AMIs.
        _include_disabled: Refused<bool> => "IncludeDisabled",
    }
    output DescribeImagesOutput {
        /// The token to include in another request to get the next page of items.
        pub next_token: Option<String> => "NextToken",
        /// Information about the images.
        pub images: Vec<Image> => "Images" Xml("imagesSet"),
    }
    errors []
    access { "ec2:DescribeImages" on "*" }
    pages {
        input: &["NextToken"],
        output: &["NextToken"],
        limit: Some("MaxResults"),
        results: &["Images"],
    }
    waiters [
        waiter("ImageExists", 15, 40, &[
            success(Is("length(Images[]) > `0`", true)),
            retry(Error("InvalidAMIID.NotFound")),
        ]),
        waiter("ImageAvailable", 15, 40, &[
            success(All("Images[].State", "available")),
            failure(Any("Images[].State", "failed")),
        ]),
    ]
}

const FILTERS: &[&str] = &[
    "architecture",
    "block-device-mapping.snapshot-id",
    "block-device-mapping.volume-size",
    "block-device-mapping.volume-type",
    "creation-date",
    "description",
    "ena-support",
    "hypervisor",
    "image-id",
    "image-type",
    "is-public",
    "name",
    "owner-alias",
    "owner-id",
    "platform-details",
    "root-device-name",
    "root-device-type",
    "source-image-id",
    "source-image-region",
    "source-instance-id",
    "state",
    "virtualization-type",
];

fn values(region: &Region, image: &Image, filter: &str) -> Vec<String> {
    if let Some(key) = filter.strip_prefix("tag:") {
        return region.tag(&image.image_id, key).into_iter().map(str::to_owned).collect();
    }
    let disks = image.block_device_mappings.iter().map(|mapping| &mapping.ebs);
    let text = match filter {
        "architecture" => image.architecture.clone(),
        "block-device-mapping.snapshot-id" => {
            return disks.filter_map(|ebs| ebs.snapshot_id.clone()).collect();
        }
        "block-device-mapping.volume-size" => {
            return disks.map(|ebs| ebs.volume_size.to_string()).collect();
        }
        "block-device-mapping.volume-type" => {
            return disks.map(|ebs| ebs.volume_type.clone()).collect();
        }
        "creation-date" => image.creation_date.clone(),
        "description" => image.description.clone().unwrap_or_default(),
        "ena-support" => image.ena_support.to_string(),
        "hypervisor" => image.hypervisor.clone(),
        "image-id" => image.image_id.clone(),
        "image-type" => image.image_type.clone(),
        "is-public" => image.public.to_string(),
        "name" => image.name.clone(),
        "owner-alias" => return image.image_owner_alias.clone().into_iter().collect(),
        "owner-id" => image.owner_id.clone(),
        "platform-details" => image.platform_details.clone(),
        "root-device-name" => image.root_device_name.clone(),
        "root-device-type" => image.root_device_type.clone(),
        "source-image-id" => return image.source_image_id.clone().into_iter().collect(),
        "source-image-region" => return image.source_image_region.clone().into_iter().collect(),
        "source-instance-id" => return image.source_instance_id.clone().into_iter().collect(),
        "state" => image.state.clone(),
        "tag-key" => return region.tag_keys(&image.image_id),
        "virtualization-type" => image.virtualization_type.clone(),
        _ => return Vec::new(),
    };
    vec![text]
}

impl Read for DescribeImages {
    type Output = DescribeImagesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        self.listing.dry.stop()?;
        self.listing.known(FILTERS)?;
        if let Some(max) = self.listing.max_results {
            page_size(max, (1, 1000))?;
        }
        let region = look(world, cx);
        let others: Vec<_> = shared(world, &Place::of(cx)).collect();
        for id in &self.image_ids {
            if region.image_there(id).is_err() && others.iter().all(|other| other.id != *id) {
                return Err(none(&region, id));
            }
        }
        let now = cx.at.iso_millis();
        let owner = |image: &Image| {
            self.owners.is_empty()
                || self.owners.iter().any(|owner| {
                    *owner == image.owner_id
                        || image.image_owner_alias.as_ref() == Some(owner)
                        || owner == "self" && image.owner_id == cx.account
                })
        };
        let launchable = |image: &Image| {
            self.executable_users.is_empty()
                || self.executable_users.iter().any(|user| {
                    let named = if user == "self" { cx.account } else { user };
                    let own = region.images.values().chain(others.iter().copied());
                    user == "all" && image.public
                        || user == "self" && image.owner_id == cx.account
                        || own
                            .into_iter()
                            .any(|own| own.id == image.image_id && own.users.contains(named))
                })
        };
        // Who asks for an image by its id is shown it even when it should no longer be used.
        let fresh = |image: &Image| {
            self.include_deprecated == Some(true)
                || !self.image_ids.is_empty()
                || image.deprecation_time.as_ref().is_none_or(|end| *end > now)
        };
        let mut images: Vec<Image> = IMAGES.iter().map(|entry| entry.image(cx.region)).collect();
        let own = region.images.values().chain(others.iter().copied());
        images.extend(own.map(|own| own.image.clone()));
        images.retain(|image| {
            (self.image_ids.is_empty() || self.image_ids.contains(&image.image_id))
                && owner(image)
                && launchable(image)
                && fresh(image)
                && self.listing.fit(|filter| values(&region, image, filter))
        });
        images.sort_by(|a, b| a.image_id.cmp(&b.image_id));
        if let Some(after) = self.listing.after()? {
            images.retain(|image| image.image_id > after);
        }
        let max = self.listing.max_results.and_then(|max| usize::try_from(max).ok());
        let mut next_token = None;
        if let Some(max) = max.filter(|max| *max < images.len()) {
            images.truncate(max);
            next_token = images.last().map(|last| token(&last.image_id));
        }
        for image in &mut images {
            image.tags = region.tags(&image.image_id);
        }
        Ok(DescribeImagesOutput { next_token, images })
    }
}
