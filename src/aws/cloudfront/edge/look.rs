//! What the edges have, for checks and for the eye. Looking changes nothing.

use crate::state::State;
use sim::api::{ApiError, Read};
use sim::{Cx, World};

sim::structure! {
    /// A distribution at its edges.
    pub struct EdgeSite {
        /// Its id.
        pub id: String => "Id",
        /// Its name.
        pub domain: String => "Domain",
        /// Its description.
        pub comment: String => "Comment",
        /// `InProgress` or `Deployed`.
        pub status: String => "Status",
        /// What viewers asked for, by path.
        pub paths: Vec<PathTraffic> => "Paths",
        /// What the locations keep.
        pub copies: Vec<Copies> => "Copies",
    }
}

sim::structure! {
    /// How viewers fared with a path.
    pub struct PathTraffic {
        /// The path.
        pub path: String => "Path",
        /// How often a copy was served.
        pub hits: i64 => "Hits",
        /// How often the origin was asked.
        pub misses: i64 => "Misses",
        /// How often it was an error.
        pub errors: i64 => "Errors",
        /// How many bytes were sent.
        pub bytes: i64 => "Bytes",
    }
}

sim::structure! {
    /// A copy at a location.
    pub struct Copies {
        /// `FRA`
        pub location: String => "Location",
        /// The path.
        pub path: String => "Path",
        /// The query, as far as it is part of the key.
        pub query: String => "Query",
        /// What else is part of the key, a line each.
        pub key: String => "Key",
        /// The status.
        pub status: i64 => "Status",
        /// Its entity tag.
        pub etag: Option<String> => "ETag",
        /// Seconds since it was known to be good.
        pub age: i64 => "Age",
        /// Seconds since the origin sent it.
        pub kept_for: i64 => "KeptFor",
        /// Seconds for which it is served without asking; not above 0 when it is stale.
        pub fresh_for: i64 => "FreshFor",
        /// How often it was served.
        pub hits: i64 => "Hits",
        /// How long it is.
        pub bytes: i64 => "Bytes",
    }
}

sim::operation! {
    /// Tells what edge locations keep, and how viewers fared.
    read DescribeEdges in "edge" = "";
    input {
        /// Only this distribution, by id or name.
        pub distribution: Option<String> => "Distribution",
    }
    output DescribeEdgesOutput {
        /// Every distribution.
        pub distributions: Vec<EdgeSite> => "Distributions",
    }
    errors []
    access unsigned
}

impl Read for DescribeEdges {
    type Output = DescribeEdgesOutput;
    fn read(self, world: &World, cx: &Cx<'_>) -> Result<Self::Output, ApiError> {
        let state = world.get::<State>();
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let meant = |id: &str, domain: &str| {
            self.distribution.as_deref().is_none_or(|wanted| wanted == id || wanted == domain)
        };
        let all = state.distributions.iter().filter(|(id, found)| meant(id, &found.domain));
        let distributions = all.map(|(id, found)| {
            let edges = state.edges.get(id).into_iter().flatten();
            let copies = edges.flat_map(|(city, edge)| edge.all().map(move |one| (city, one)));
            EdgeSite {
                id: id.clone(),
                domain: found.domain.clone(),
                comment: found.kept.config.comment.clone(),
                status: found.status().to_owned(),
                paths: found
                    .traffic
                    .iter()
                    .map(|(path, traffic)| PathTraffic {
                        path: path.clone(),
                        hits: number(traffic.hits),
                        misses: number(traffic.misses),
                        errors: number(traffic.errors),
                        bytes: number(traffic.bytes),
                    })
                    .collect(),
                copies: copies
                    .map(|(city, (key, copy))| Copies {
                        location: (*city).to_owned(),
                        path: key.path.clone(),
                        query: key.query.clone(),
                        key: key.rest.clone(),
                        status: copy.answer.status,
                        etag: copy.answer.header("etag").map(str::to_owned),
                        age: cx.at.secs() - copy.good_since.secs(),
                        kept_for: cx.at.secs() - copy.asked_at.secs(),
                        fresh_for: copy.fresh_until.secs() - cx.at.secs(),
                        hits: number(copy.hits),
                        bytes: number(copy.answer.content.len()),
                    })
                    .collect(),
            }
        });
        Ok(DescribeEdgesOutput { distributions: distributions.collect() })
    }
}
