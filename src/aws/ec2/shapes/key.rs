//! Key pairs.

use super::tag::Tag;
use base::Time;

sim::structure! {
    /// Describes a key pair.
    pub struct KeyPairInfo {
        /// The ID of the key pair.
        pub key_pair_id: String => "KeyPairId",
        /// The type of key pair.
        pub key_type: String => "KeyType",
        /// Any tags applied to the key pair.
        pub tags: Vec<Tag> => "Tags" Xml("tagSet"),
        /// The public key material.
        pub public_key: Option<String> => "PublicKey",
        /// If you used Amazon EC2 to create the key pair, this is the date and time when the key
        /// was created, in ISO 8601 date-time format, in the UTC time zone.
        pub create_time: Time => "CreateTime",
        /// The name of the key pair.
        pub key_name: String => "KeyName",
        /// If you used CreateKeyPair to create the key pair: For RSA key pairs, the key fingerprint
        /// is the SHA-1 digest of the DER encoded private key.
        pub key_fingerprint: String => "KeyFingerprint",
    }
}
