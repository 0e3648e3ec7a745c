//! One request: from its name to its answer.

use base::{Slice, Time};

use crate::edge::cache::{Answer, Copy, Key};
use crate::edge::compress;
use crate::edge::finish::finish;
use crate::edge::key;
use crate::edge::origin::{Errand, Fetched};
use crate::edge::outcome::{How, Outcome};
use crate::edge::site::{Site, site};
use crate::edge::{Header, Location, OriginRequest, Request, ServeOutput, near, pages, ttl};
use crate::rules::Rules;
use crate::shapes::behavior::{Method, Rule, ViewerProtocolPolicy};
use crate::shapes::distribution::GeoRestrictionType;
use crate::state::State;
use base::text::wildcard;
use sim::api::Body;
use sim::{Cx, World};

/// One request at one location.
struct Visit<'a> {
    request: &'a Request,
    site: &'a Site,
    place: &'static Location,
    now: Time,
}

/// Answers a request.
pub(crate) fn serve(mut request: Request, world: &mut World, cx: &Cx<'_>) -> ServeOutput {
    let home = near(cx.region);
    let Some((site, chosen)) = site(world.get::<State>(), &request.host) else {
        return finish(world, &request, (None, home), Outcome::own(pages::unknown_host()), cx.at);
    };
    let viewer_at = chosen.unwrap_or(home);
    let place = viewer_at.serving(site.config.price_class.unwrap_or_default());
    request.headers.retain(|h| !h.name.to_ascii_lowercase().starts_with("cloudfront-"));
    let country = Header {
        name: "CloudFront-Viewer-Country".to_owned(),
        value: viewer_at.country.to_owned(),
    };
    request.headers.push(country);
    let visit = Visit { request: &request, site: &site, place, now: cx.at };
    let answered = visit.admitted(viewer_at).map_or_else(
        |refused| Ok(Outcome::own(refused)),
        |path| visit.fetch(world, cx, &path, false),
    );
    let outcome = answered.and_then(|outcome| visit.error_page(world, cx, outcome));
    match outcome {
        Ok(mut outcome) => {
            outcome.took_ms += viewer_at.round_trip_ms(place);
            finish(world, &request, (Some(&site), place), outcome, cx.at)
        }
        Err(First::Ask(ask)) => ServeOutput { ask: Some(*ask), ..ServeOutput::default() },
        Err(First::Compress(bytes)) => {
            ServeOutput { compress: Body(bytes), ..ServeOutput::default() }
        }
    }
}

/// What somebody outside of the world has to do first.
enum First {
    /// To ask a server.
    Ask(Box<OriginRequest>),
    /// To compress these bytes.
    Compress(Vec<Slice>),
}

type Asked<T> = Result<T, First>;

impl Visit<'_> {
    /// The path that is served, if the viewer may ask at all.
    fn admitted(&self, viewer_at: &Location) -> Result<String, Answer> {
        let config = &self.site.config;
        if !config.enabled {
            return Err(pages::unknown_host());
        }
        let geo = config.restrictions.as_ref().map(|all| &all.geo_restriction);
        let barred = geo.is_some_and(|geo| {
            let named = geo.items.iter().any(|code| code == viewer_at.country);
            match geo.restriction_type {
                GeoRestrictionType::None => false,
                GeoRestrictionType::Blacklist => named,
                GeoRestrictionType::Whitelist => !named,
            }
        });
        if barred {
            return Err(pages::country_blocked());
        }
        let root = config.default_root_object.as_deref().unwrap_or_default();
        Ok(if self.request.path == "/" && !root.is_empty() {
            format!("/{root}")
        } else {
            self.request.path.clone()
        })
    }

    /// The behaviour for a path: the first whose pattern fits.
    fn rule(&self, path: &str) -> &Rule {
        let config = &self.site.config;
        let mut all = config.cache_behaviors.iter().flat_map(|all| &all.items);
        let path = path.trim_start_matches('/');
        let fits = all.find(|b| wildcard(b.path_pattern.trim_start_matches('/'), path));
        fits.map_or(&config.default_cache_behavior.rule, |behavior| &behavior.rule)
    }

    /// What this behaviour answers by itself.
    fn refused(&self, rule: &Rule) -> Option<Outcome> {
        let request = self.request;
        if !request.secure {
            match rule.viewer_protocol_policy {
                ViewerProtocolPolicy::AllowAll => {}
                ViewerProtocolPolicy::HttpsOnly => return Some(Outcome::own(pages::plain_http())),
                ViewerProtocolPolicy::RedirectToHttps => {
                    let query = if request.query.is_empty() { "" } else { "?" };
                    let host = request.host.rsplit_once(':').map_or(&*request.host, |(n, _)| n);
                    let location =
                        format!("https://{host}{}{query}{}", request.path, request.query);
                    let read = matches!(request.method.as_str(), "GET" | "HEAD");
                    let answer = pages::redirect(if read { 301 } else { 307 }, &location);
                    return Some(Outcome::new(answer, How::Redirect, 0));
                }
            }
        }
        let allowed = rule.allowed_methods.as_ref().map_or(&[][..], |all| &all.items);
        if allowed.iter().any(|method| method.as_str() == request.method) {
            return None;
        }
        let reads_only = !allowed.contains(&Method::Post);
        Some(Outcome::own(pages::method_not_allowed(reads_only)))
    }

    /// Whether answers to this method are kept.
    fn kept(&self, rule: &Rule) -> bool {
        let cached = rule.allowed_methods.as_ref().and_then(|all| all.cached_methods.as_ref());
        let options = cached.is_some_and(|all| all.items.contains(&Method::Options));
        matches!(self.request.method.as_str(), "GET" | "HEAD")
            || (self.request.method == "OPTIONS" && options)
    }

    /// What is served at a path: a copy, or what the origin answers. The edge itself (`inside`) may ask
    /// whatever it wants.
    fn fetch(&self, world: &mut World, cx: &Cx<'_>, path: &str, inside: bool) -> Asked<Outcome> {
        let rule = self.rule(path);
        if let Some(refused) = self.refused(rule).filter(|_| !inside) {
            return Ok(refused);
        }
        let state = world.get::<State>();
        let rules = Rules::of(state, rule);
        let key = key::of(&rules, self.request, path);
        let kept = inside || self.kept(rule);
        let edge = state.edges.get(&self.site.id).and_then(|all| all.get(self.place.city));
        let copy = edge.and_then(|edge| edge.get(&key)).filter(|_| kept).cloned();
        if let Some(copy) = copy.as_ref().filter(|copy| copy.fresh_until > self.now) {
            let age = self.now.secs() - copy.good_since.secs();
            self.edge(world).touch(&key, self.now, true);
            return Ok(Outcome::hit(copy.answer.clone(), age));
        }
        let mut origins = self.site.config.origins.items.iter();
        let Some(origin) = origins.find(|origin| origin.id == rule.target_origin_id) else {
            return Ok(Outcome::own(pages::origin_failed("unresolved")));
        };
        let errand = Errand {
            distribution_arn: &self.site.arn,
            origin,
            rules: &rules,
            request: self.request,
            path,
            stale: copy.as_ref(),
            location: self.place,
        };
        let (answer, took_ms) = match errand.run(world, cx) {
            Fetched::Ask(ask) => return Err(First::Ask(ask)),
            Fetched::Unchanged(took_ms) => {
                return Ok(self.refreshed(world, &rules, key, copy, took_ms));
            }
            Fetched::Answer(answer, took_ms) => (answer, took_ms),
        };
        let encoding = key::encoding(&rules, self.request);
        let served = compress::served(&rules, self.request, encoding, answer);
        let answer = served.map_err(First::Compress)?;
        Ok(self.taken(world, &rules, (key, kept), (answer, copy), took_ms))
    }

    /// The origin says that the copy is still good.
    fn refreshed(
        &self,
        world: &mut World,
        rules: &Rules,
        key: Key,
        copy: Option<Copy>,
        took_ms: i64,
    ) -> Outcome {
        let Some(mut copy) = copy else {
            return Outcome::own(pages::origin_failed("refused"));
        };
        let secs = ttl::secs(&copy.answer, rules.ttl, self.now).unwrap_or(0);
        let answer = copy.answer.clone();
        copy.good_since = self.now;
        copy.fresh_until = Time(self.now.0.saturating_add(secs.saturating_mul(1000)));
        self.edge(world).put(key, copy);
        Outcome::new(answer, How::RefreshHit, took_ms)
    }

    /// The origin has answered.
    fn taken(
        &self,
        world: &mut World,
        rules: &Rules,
        (key, kept): (Key, bool),
        (answer, stale): (Answer, Option<Copy>),
        took_ms: i64,
    ) -> Outcome {
        let config = &self.site.config;
        if answer.status >= 500
            && let Some(mut copy) = stale.filter(|copy| copy.answer.status < 400)
        {
            // An old copy is better than none; the origin is left in peace for a while.
            let secs = ttl::error_secs(config, &answer, rules.ttl, self.now).unwrap_or(0);
            copy.fresh_until = Time(self.now.0.saturating_add(secs.saturating_mul(1000)));
            let age = self.now.secs() - copy.good_since.secs();
            let outcome = Outcome { took_ms, ..Outcome::hit(copy.answer.clone(), age) };
            self.edge(world).put(key, copy);
            return outcome;
        }
        let secs = if answer.status >= 400 {
            ttl::error_secs(config, &answer, rules.ttl, self.now)
        } else {
            ttl::secs(&answer, rules.ttl, self.now)
        };
        match secs.filter(|_| kept) {
            Some(secs) => {
                let copy = Copy::new(answer.clone(), self.now, secs);
                self.edge(world).put(key, copy);
            }
            None if kept => self.edge(world).remove(&key),
            None => {}
        }
        Outcome::new(answer, How::Miss, took_ms)
    }

    fn edge<'w>(&self, world: &'w mut World) -> &'w mut crate::edge::cache::Edge {
        let edges = world.get_mut::<State>().edges.entry(self.site.id.clone()).or_default();
        edges.entry(self.place.city).or_default()
    }

    /// The page that stands in the place of an error, if there is one.
    fn error_page(&self, world: &mut World, cx: &Cx<'_>, outcome: Outcome) -> Asked<Outcome> {
        if outcome.answer.status < 400 {
            return Ok(outcome);
        }
        let responses = self.site.config.custom_error_responses.iter().flat_map(|all| &all.items);
        let own = responses.filter(|one| one.error_code == outcome.answer.status);
        let page = own.filter_map(|one| {
            let path = one.response_page_path.as_deref().filter(|path| !path.is_empty())?;
            Some((path, one.response_code.as_deref()?.parse::<i64>().ok()?))
        });
        let Some((path, status)) = page.into_iter().next() else { return Ok(outcome) };
        let page = self.fetch(world, cx, path, true)?;
        let took_ms = outcome.took_ms + page.took_ms;
        let mut answer = page.answer;
        answer.detail = outcome.answer.detail;
        if answer.status < 400 {
            answer.status = status;
        }
        Ok(Outcome { answer, result: How::Error, took_ms, age: outcome.age })
    }
}
