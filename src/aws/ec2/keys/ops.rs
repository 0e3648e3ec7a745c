//! Key pairs: made, imported, listed and deleted.

use super::super::error::{combination, invalid, refuse};
use super::super::filter::{Dry, Filter, Listed};
use super::super::ids::Kind;
use super::super::limits::KEY_PAIRS;
use super::super::region::Region;
use super::super::shapes::key::KeyPairInfo;
use super::super::shapes::tag::{Tag, TagSpecification};
use super::super::state::{Change, change, look};
use super::super::{filter, tags};
use super::material::{self, Material};
use super::public::PublicKey;
use sim::api::{ApiError, Read, Write};
use sim::{Cx, World};

/// Characters of a name.
const NAME_LEN_MAX: usize = 255;

sim::operation! {
    /// Creates an ED25519 or 2048-bit RSA key pair with the specified name and in the specified
    /// format.
    write CreateKeyPair in "ec2" = "";
    input {
        ..dry: Dry,
        /// A unique name for the key pair.
        key_name: String => "KeyName",
        /// The type of key pair.
        key_type: Option<String> => "KeyType",
        /// The tags to apply to the new key pair.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// The format of the key pair.
        key_format: Option<String> => "KeyFormat",
    }
    output CreateKeyPairOutput {
        /// The ID of the key pair.
        pub key_pair_id: String => "KeyPairId",
        /// Any tags applied to the key pair.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The name of the key pair.
        pub key_name: String => "KeyName",
        /// For RSA key pairs, the key fingerprint is the SHA-1 digest of the DER encoded private
        /// key.
        pub key_fingerprint: String => "KeyFingerprint",
        /// An unencrypted PEM encoded RSA or ED25519 private key.
        pub key_material: String => "KeyMaterial",
    }
    errors [
        "InvalidKeyPair.Duplicate",
        "InvalidParameterValue",
        "KeyPairLimitExceeded",
        "UnsupportedOperation",
    ]
    access { "ec2:CreateKeyPair" on "arn:aws:ec2:{region}:{account}:key-pair/{KeyName}" }
}

impl Write for CreateKeyPair {
    type Output = CreateKeyPairOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.key_name)?;
        let make = match self.key_type.as_deref() {
            None | Some("rsa") => material::rsa,
            Some("ed25519") => material::ed25519,
            Some(other) => return Err(invalid(format!("Invalid value '{other}' for keyType."))),
        };
        match self.key_format.as_deref() {
            None | Some("pem") => {}
            Some("ppk") => {
                let message = "The key format ppk is not simulated here";
                return Err(refuse("UnsupportedOperation", message));
            }
            Some(other) => return Err(invalid(format!("Invalid value '{other}' for keyFormat."))),
        }
        let tags = tags::wanted_on(&self.tag_specifications, Kind::KeyPair)?;
        change(world, cx, |change| {
            free(change.region, &self.key_name)?;
            self.dry.stop()?;
            let material = make(change.rng).ok_or_else(|| {
                ApiError::new(500, "InternalError", "An internal error has occurred")
            })?;
            let Material { private, public, fingerprint } = material;
            let id = put(change, &self.key_name, &public, fingerprint.clone());
            tags::attach(change.region, &id, tags);
            Ok(CreateKeyPairOutput {
                tags: change.region.tags(&id),
                key_pair_id: id,
                key_name: self.key_name,
                key_fingerprint: fingerprint,
                key_material: private,
            })
        })
    }
}

sim::operation! {
    /// Imports the public key from an RSA or ED25519 key pair that you created using a third-party
    /// tool.
    write ImportKeyPair in "ec2" = "";
    input {
        ..dry: Dry,
        /// The tags to apply to the imported key pair.
        tag_specifications: Vec<TagSpecification> => "TagSpecifications" Xml("TagSpecification"),
        /// A unique name for the key pair.
        key_name: String => "KeyName",
        /// The public key.
        public_key_material: Vec<u8> => "PublicKeyMaterial",
    }
    output ImportKeyPairOutput {
        /// For RSA key pairs, the key fingerprint is the MD5 public key fingerprint as specified in
        /// section 4 of RFC 4716.
        pub key_fingerprint: String => "KeyFingerprint",
        /// The key pair name that you provided.
        pub key_name: String => "KeyName",
        /// The ID of the resulting key pair.
        pub key_pair_id: String => "KeyPairId",
        /// The tags applied to the imported key pair.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
    }
    errors ["InvalidKey.Format", "InvalidKeyPair.Duplicate", "KeyPairLimitExceeded"]
    access { "ec2:ImportKeyPair" on "arn:aws:ec2:{region}:{account}:key-pair/{KeyName}" }
}

impl Write for ImportKeyPair {
    type Output = ImportKeyPairOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        check_name(&self.key_name)?;
        let public = PublicKey::read(&self.public_key_material)?;
        let tags = tags::wanted_on(&self.tag_specifications, Kind::KeyPair)?;
        change(world, cx, |change| {
            free(change.region, &self.key_name)?;
            self.dry.stop()?;
            let fingerprint = public.fingerprint();
            let id = put(change, &self.key_name, &public, fingerprint.clone());
            tags::attach(change.region, &id, tags);
            Ok(ImportKeyPairOutput {
                tags: change.region.tags(&id),
                key_pair_id: id,
                key_name: self.key_name,
                key_fingerprint: fingerprint,
            })
        })
    }
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if name.is_empty() || name.chars().count() > NAME_LEN_MAX || !name.is_ascii() {
        return Err(invalid(format!("Value ({name}) for parameter keyName is invalid.")));
    }
    Ok(())
}

fn free(region: &Region, name: &str) -> Result<(), ApiError> {
    if region.key_named(name).is_some() {
        let message = format!("The keypair already exists: {name}");
        return Err(refuse("InvalidKeyPair.Duplicate", message));
    }
    if region.key_pairs.len() >= KEY_PAIRS {
        let message = "The maximum number of key pairs has been reached.";
        return Err(refuse("KeyPairLimitExceeded", message));
    }
    Ok(())
}

fn put(change: &mut Change<'_>, name: &str, public: &PublicKey, fingerprint: String) -> String {
    let id = Kind::KeyPair.draw(change.rng);
    change.region.put(KeyPairInfo {
        key_pair_id: id.clone(),
        key_type: public.kind().to_owned(),
        tags: Vec::new(),
        public_key: Some(public.line(name)),
        create_time: change.now,
        key_name: name.to_owned(),
        key_fingerprint: fingerprint,
    });
    id
}

sim::operation! {
    /// Deletes the specified key pair, by removing the public key from Amazon EC2.
    write DeleteKeyPair in "ec2" = "";
    input {
        ..dry: Dry,
        /// The name of the key pair.
        key_name: Option<String> => "KeyName",
        /// The ID of the key pair.
        key_pair_id: Option<String> => "KeyPairId",
    }
    output DeleteKeyPairOutput {
        /// Is true if the request succeeds, and an error otherwise.
        pub returned: bool => "Return",
        /// The ID of the key pair.
        pub key_pair_id: Option<String> => "KeyPairId",
    }
    errors ["InvalidKeyPair.NotFound", "MissingParameter"]
    access { "ec2:DeleteKeyPair" on "arn:aws:ec2:{region}:{account}:key-pair/{KeyName}" }
}

impl Write for DeleteKeyPair {
    type Output = DeleteKeyPairOutput;
    fn apply(self, world: &mut World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let by_id = match (&self.key_name, &self.key_pair_id) {
            (Some(_), Some(_)) => {
                let message = "The parameters KeyName and KeyPairId cannot be used together";
                return Err(combination(message));
            }
            (None, None) => {
                let message = "The request must contain the parameter KeyName or KeyPairId";
                return Err(refuse("MissingParameter", message));
            }
            (name, _) => name.is_none(),
        };
        change(world, cx, |change| {
            let found = if by_id {
                let id = self.key_pair_id.as_deref().unwrap_or_default();
                change.region.find::<KeyPairInfo>(id).ok()
            } else {
                change.region.key_named(self.key_name.as_deref().unwrap_or_default())
            };
            let id = found.map(|pair| pair.key_pair_id.clone());
            self.dry.stop()?;
            // A key pair that is not there is as good as deleted.
            if let Some(id) = &id {
                change.region.remove::<KeyPairInfo>(id);
            }
            Ok(DeleteKeyPairOutput { returned: true, key_pair_id: id })
        })
    }
}

sim::operation! {
    /// Describes the specified key pairs or all of your key pairs.
    read DescribeKeyPairs in "ec2" = "";
    input {
        ..dry: Dry,
        /// The key pair names.
        key_names: Vec<String> => "KeyNames" Xml("KeyName"),
        /// The IDs of the key pairs.
        key_pair_ids: Vec<String> => "KeyPairIds" Xml("KeyPairId"),
        /// If true, the public key material is included in the response.
        include_public_key: Option<bool> => "IncludePublicKey",
        /// The filters.
        filters: Vec<Filter> => "Filters" Xml("Filter"),
    }
    output DescribeKeyPairsOutput {
        /// Information about the key pairs.
        pub key_pairs: Vec<KeyPairInfo> => "KeyPairs" Xml("keySet"),
    }
    errors []
    access { "ec2:DescribeKeyPairs" on "*" }
    waiters [
        waiter("KeyPairExists", 5, 6, &[
            success(Is("length(KeyPairs[].KeyName) > `0`", true)),
            retry(Error("InvalidKeyPair.NotFound")),
        ]),
    ]
}

impl Listed for KeyPairInfo {
    const FILTERS: &'static [&'static str] = &["key-pair-id", "fingerprint", "key-name"];

    fn values(&self, _: &Region, filter: &str) -> Vec<String> {
        match filter {
            "key-pair-id" => vec![self.key_pair_id.clone()],
            "fingerprint" => vec![self.key_fingerprint.clone()],
            "key-name" => vec![self.key_name.clone()],
            _ => Vec::new(),
        }
    }

    fn shown(&self, region: &Region) -> Self {
        Self { tags: region.tags(&self.key_pair_id), ..self.clone() }
    }
}

impl Read for DescribeKeyPairs {
    type Output = DescribeKeyPairsOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let region = look(world, cx);
        let mut ids = self.key_pair_ids.clone();
        for name in &self.key_names {
            let pair = region.key_named(name).ok_or_else(|| Kind::KeyPair.none(name))?;
            ids.push(pair.key_pair_id.clone());
        }
        let listing =
            filter::Listing { dry: self.dry, filters: self.filters, ..Default::default() };
        let (mut pairs, _) = listing.page::<KeyPairInfo>(&region, &ids)?;
        if self.include_public_key != Some(true) {
            for pair in &mut pairs {
                pair.public_key = None;
            }
        }
        Ok(DescribeKeyPairsOutput { key_pairs: pairs })
    }
}
