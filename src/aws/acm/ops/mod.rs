//! The operations, by family.

pub mod certificates;
pub mod import;
pub mod list;
pub mod tags;

use sim::api::OpDef;

/// Of the service Certificate Manager.
pub static ALL: &[&OpDef] = &[
    &tags::AddTagsToCertificate::DEF,
    &certificates::DeleteCertificate::DEF,
    &certificates::DescribeCertificate::DEF,
    &certificates::GetCertificate::DEF,
    &import::ImportCertificate::DEF,
    &list::ListCertificates::DEF,
    &tags::ListTagsForCertificate::DEF,
    &tags::RemoveTagsFromCertificate::DEF,
];

/// What the real service has and this one refuses by name.
pub static REFUSED: &[&str] = &[
    "ExportCertificate",
    "GetAccountConfiguration",
    "PutAccountConfiguration",
    "RenewCertificate",
    "RequestCertificate",
    "ResendValidationEmail",
    "RevokeCertificate",
    "SearchCertificates",
    "UpdateCertificateOptions",
];
