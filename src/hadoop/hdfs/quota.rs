//! Quotas of directories: how many names, and how many bytes of replicas, may be below one.

use super::namespace::Namespace;
use sim::api::ApiError;

/// That `names` further names and `space` further bytes of replicas fit below `parent` and all
/// directories above it, those in `exempt` (inode numbers) aside.
///
/// # Errors
/// `NSQuotaExceededException` or `DSQuotaExceededException`.
pub(super) fn fits(
    tree: &Namespace,
    parent: u64,
    names: u64,
    space: u64,
    exempt: &[u64],
) -> Result<(), ApiError> {
    for inode in tree.upwards(parent).filter(|i| !exempt.contains(&i.id)) {
        let Some(directory) = inode.directory() else { continue };
        let count = directory.below.dirs + directory.below.files + 1 + names;
        if let Some(quota) = directory.name_quota.filter(|q| names > 0 && count > *q) {
            let path = tree.path_of(inode.id);
            let message = format!(
                "The NameSpace quota (directories and files) of directory {path} is exceeded: \
                 quota={quota} file count={count}"
            );
            return Err(ApiError::new(403, "NSQuotaExceededException", message));
        }
        let bytes = directory.below.space + space;
        if let Some(quota) = directory.space_quota.filter(|q| space > 0 && bytes > *q) {
            let path = tree.path_of(inode.id);
            let message = format!(
                "The DiskSpace quota of {path} is exceeded: quota = {quota} B = {} but diskspace \
                 consumed = {bytes} B = {}",
                human(quota),
                human(bytes)
            );
            return Err(ApiError::new(403, "DSQuotaExceededException", message));
        }
    }
    Ok(())
}

/// `384 MB`, `1.5 GB`: Hadoop's `TraditionalBinaryPrefix` with two digits and the unit `B`.
pub(super) fn human(bytes: u64) -> String {
    base::text::binary_prefix(bytes, "B", 2)
}
