//! Where repositories are: an account's registry in a region, and the names that this makes.

use sim::Cx;

/// The account is the registry's id.
pub use crate::place::Place;

impl Place {
    /// The registry of that id in the region that a request was sent to; the account's own unless said.
    pub(super) fn registry(cx: &Cx<'_>, registry: Option<&str>) -> Self {
        let account = registry.unwrap_or(cx.account).to_owned();
        Self { account, region: cx.region.to_owned() }
    }

    /// `123456789012.dkr.ecr.eu-west-1.amazonaws.com`
    #[must_use]
    pub fn host(&self) -> String {
        format!("{}.dkr.ecr.{}.amazonaws.com", self.account, self.region)
    }

    /// The registry that has this host.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        let (account, rest) = host.split_once(".dkr.ecr.")?;
        let region = rest.strip_suffix(".amazonaws.com")?;
        let twelve = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let known = twelve && crate::REGIONS.contains(&region);
        known.then(|| Self { account: account.to_owned(), region: region.to_owned() })
    }

    /// The name of a repository as `docker` writes it, under which its images are kept.
    pub(super) fn uri(&self, repository: &str) -> String {
        format!("{}/{repository}", self.host())
    }

    /// The ARN of a repository.
    pub(super) fn repository_arn(&self, repository: &str) -> String {
        self.arn("ecr", &format!("repository/{repository}"))
    }
}
