//! Capacity providers: Fargate's, which every account has.

use sim::api::ApiError;

use super::faults::invalid;
use super::shapes::cluster::ProviderType;
use super::shapes::common::CapacityProviderStrategyItem;

/// The providers that there are.
pub(crate) const KNOWN: [(&str, ProviderType); 2] =
    [("FARGATE", ProviderType::Fargate), ("FARGATE_SPOT", ProviderType::FargateSpot)];

/// Holds providers and strategies to what there is.
pub(crate) fn check(
    providers: &[String],
    strategy: &[CapacityProviderStrategyItem],
) -> Result<(), ApiError> {
    let used = strategy.iter().map(|item| &item.capacity_provider);
    let unknown = providers.iter().chain(used).find(|name| !KNOWN.iter().any(|(n, _)| n == name));
    if unknown.is_some() {
        return Err(invalid(
            "The specified capacity provider was not found. Specify a valid name or ARN and try \
             again.",
        ));
    }
    if strategy.iter().any(|item| !providers.contains(&item.capacity_provider)) {
        return Err(invalid(
            "The specified capacity provider strategy cannot contain a capacity provider that is not \
             associated with the cluster. Associate the capacity provider with the cluster and try \
             again.",
        ));
    }
    if strategy.iter().filter(|item| item.base.unwrap_or_default() > 0).count() > 1 {
        return Err(invalid(
            "The capacity provider strategy can only have one capacity provider with a base value \
             greater than 0. Specify a base value for only one capacity provider and try again.",
        ));
    }
    Ok(())
}
