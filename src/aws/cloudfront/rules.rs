//! A cache behaviour as the edge works with it: policies and the older settings come to the same.

use std::collections::BTreeSet;

use crate::shapes::behavior::{ForwardedValues, ItemSelection, Rule};
use crate::shapes::policy::{
    CookiesConfig, HeaderSelection, OriginHeaderSelection, OriginHeadersConfig, QueryStringsConfig,
    Selection,
};
use crate::state::State;

/// How long a copy is good where neither policy nor setting says (developer guide, "Minimum TTL"): a
/// day and a year, in seconds.
pub(crate) const DEFAULT_TTL: i64 = 86_400;
pub(crate) const MAX_TTL: i64 = 31_536_000;

/// Which names count.
#[derive(Clone, Debug, Default)]
pub(crate) enum Pick {
    #[default]
    None,
    Only(BTreeSet<String>),
    Except(BTreeSet<String>),
    All,
}

/// Seconds that a copy is good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ttl {
    pub(crate) min: i64,
    pub(crate) default: i64,
    pub(crate) max: i64,
}

/// What a part of a request is picked by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picks {
    /// By names in lower case.
    pub(crate) headers: Pick,
    pub(crate) cookies: Pick,
    pub(crate) query: Pick,
}

/// How the edge treats requests under one behaviour.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) ttl: Ttl,
    /// What the key is made of.
    pub(crate) key: Picks,
    /// Whether the edge compresses.
    pub(crate) compress: bool,
    /// Whether copies differ by what of gzip and Brotli a viewer reads.
    pub(crate) gzip: bool,
    pub(crate) brotli: bool,
    /// What the origin is told beside that.
    pub(crate) told: Picks,
}

impl Pick {
    /// Whether this name counts.
    pub(crate) fn takes(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::Only(names) => names.contains(name),
            Self::Except(names) => !names.contains(name),
            Self::All => true,
        }
    }

    fn of(selection: Selection, names: &[String]) -> Self {
        let names = || names.iter().cloned().collect();
        match selection {
            Selection::None => Self::None,
            Selection::Whitelist => Self::Only(names()),
            Selection::AllExcept => Self::Except(names()),
            Selection::All => Self::All,
        }
    }

    fn headers(names: &[String]) -> BTreeSet<String> {
        names.iter().map(|name| name.to_ascii_lowercase()).collect()
    }
}

fn cookies(config: &CookiesConfig) -> Pick {
    Pick::of(config.behavior, config.cookies.as_ref().map_or(&[], |names| &names.items))
}

fn query(config: &QueryStringsConfig) -> Pick {
    Pick::of(config.behavior, config.query_strings.as_ref().map_or(&[], |names| &names.items))
}

fn told_headers(config: &OriginHeadersConfig) -> Pick {
    let names = || Pick::headers(config.headers.as_ref().map_or(&[], |names| &names.items));
    match config.behavior {
        OriginHeaderSelection::None => Pick::None,
        OriginHeaderSelection::Whitelist => Pick::Only(names()),
        OriginHeaderSelection::AllExcept => Pick::Except(names()),
        OriginHeaderSelection::AllViewer
        | OriginHeaderSelection::AllViewerAndWhitelistCloudFront => Pick::All,
    }
}

impl Rules {
    /// The rules of a behaviour.
    pub(crate) fn of(state: &State, rule: &Rule) -> Self {
        let policy = rule.cache_policy_id.as_deref().filter(|id| !id.is_empty());
        let mut rules = match policy.and_then(|id| state.cache_policy(id)) {
            Some(config) => {
                let mut rules = Self::plain(Ttl {
                    min: config.min_ttl,
                    default: config.default_ttl.unwrap_or(DEFAULT_TTL).max(config.min_ttl),
                    max: config.max_ttl.unwrap_or(MAX_TTL).max(config.min_ttl),
                });
                if let Some(parameters) = config.parameters {
                    let headers = &parameters.headers;
                    let names = headers.headers.as_ref().map_or(&[][..], |names| &names.items);
                    if headers.behavior == HeaderSelection::Whitelist {
                        rules.key.headers = Pick::Only(Pick::headers(names));
                    }
                    rules.key.cookies = cookies(&parameters.cookies);
                    rules.key.query = query(&parameters.query_strings);
                    rules.gzip = parameters.gzip;
                    rules.brotli = parameters.brotli == Some(true);
                }
                rules
            }
            None => Self::legacy(rule),
        };
        rules.compress = rule.compress == Some(true);
        let policy = rule.origin_request_policy_id.as_deref().filter(|id| !id.is_empty());
        if let Some(config) = policy.and_then(|id| state.origin_request_policy(id)) {
            rules.told = Picks {
                headers: told_headers(&config.headers),
                cookies: cookies(&config.cookies),
                query: query(&config.query_strings),
            };
        }
        rules
    }

    fn plain(ttl: Ttl) -> Self {
        let (key, told) = (Picks::default(), Picks::default());
        Self { ttl, key, compress: false, gzip: false, brotli: false, told }
    }

    /// The older settings, in the place of policies.
    fn legacy(rule: &Rule) -> Self {
        let min = rule.min_ttl.unwrap_or(0);
        let max = rule.max_ttl.unwrap_or(MAX_TTL).max(min);
        let mut rules = Self::plain(Ttl {
            min,
            default: rule.default_ttl.unwrap_or(DEFAULT_TTL).clamp(min, max),
            max,
        });
        let Some(values) = &rule.forwarded_values else { return rules };
        rules.key = values.picks();
        // Without a policy the switch alone decides, and it knows gzip alone.
        rules.gzip = rule.compress == Some(true);
        if matches!(rules.key.headers, Pick::All) {
            // With every header in the key nothing would ever be found again: nothing is kept.
            rules.ttl = Ttl { min: 0, default: 0, max: 0 };
        }
        rules
    }
}

impl ForwardedValues {
    fn picks(&self) -> Picks {
        let keys = self.query_string_cache_keys.as_ref().map_or(&[][..], |keys| &keys.items);
        let query = match (self.query_string, keys) {
            (false, _) => Pick::None,
            (true, []) => Pick::All,
            (true, keys) => Pick::Only(keys.iter().cloned().collect()),
        };
        let names = self.cookies.whitelisted_names.as_ref().map_or(&[][..], |names| &names.items);
        let cookies = match self.cookies.forward {
            ItemSelection::None => Pick::None,
            ItemSelection::All => Pick::All,
            ItemSelection::Whitelist => Pick::Only(names.iter().cloned().collect()),
        };
        let names = self.headers.as_ref().map_or(&[][..], |headers| &headers.items);
        let headers = match names {
            [] => Pick::None,
            names if names.iter().any(|name| name == "*") => Pick::All,
            names => Pick::Only(Pick::headers(names)),
        };
        Picks { headers, cookies, query }
    }
}
