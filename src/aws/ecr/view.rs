//! ECR as the screen shows it, made of general parts: repositories with their settings and the images
//! that they have.

use base::text::{binary_prefix, plural};
use sim::World;
use sim::view::View;

use super::place::Place;
use super::state::{Repository, State};

/// How many repositories of a registry are shown.
const REPOSITORIES_MAX: usize = 30;
/// How many images of a repository are shown.
const IMAGES_MAX: usize = 20;
/// How many characters of a digest are shown, as `docker` does.
const DIGEST_LEN: usize = "sha256:".len() + 12;

/// What the view shows: every repository, by region.
pub(super) fn view(world: &World) -> View {
    let mut view = View::default();
    for (place, repositories) in world.get::<State>().places() {
        for (name, repository) in repositories.iter().take(REPOSITORIES_MAX) {
            view = of_repository(view, world, place, name, repository);
        }
        if repositories.len() > REPOSITORIES_MAX {
            let more = repositories.len() - REPOSITORIES_MAX;
            view = view.section(format!("and {more} more repositories in {}", place.region));
        }
    }
    if view.sections.is_empty() {
        view = view
            .section("Repositories")
            .note("There is no repository yet: aws ecr create-repository");
    }
    view
}

fn of_repository(
    view: View,
    world: &World,
    place: &Place,
    name: &str,
    repository: &Repository,
) -> View {
    let uri = place.uri(name);
    let mut facts = vec![
        ("address", uri.clone()),
        ("tags", repository.mutability.as_str().to_lowercase().replace('_', " ")),
        ("scan", if repository.scan_on_push { "on push" } else { "by hand" }.to_owned()),
    ];
    if repository.policy.is_some() {
        facts.push(("policy", "of its own".to_owned()));
    }
    if let Some(lifecycle) = &repository.lifecycle {
        let last = lifecycle.evaluated_at.map_or_else(
            || "not applied yet".to_owned(),
            |at| format!("last applied {}", at.iso_secs()),
        );
        facts.push(("lifecycle", last));
    }
    let view = view.section(name).facts(facts);
    let mut images: Vec<_> = world.get::<registry::State>().images(&uri).collect();
    if images.is_empty() {
        return view.note("No image yet.");
    }
    let pushed = |digest| repository.images.get(digest).map(|info| info.pushed_at);
    // The youngest first.
    images.sort_by_key(|image| std::cmp::Reverse((pushed(image.digest), image.digest)));
    let rows = images.iter().take(IMAGES_MAX).map(|image| {
        let tags: Vec<&str> = image.tags().collect();
        let info = repository.images.get(image.digest);
        let scan =
            info.and_then(|info| info.scan.as_ref()).map_or("", |scan| match scan.completed {
                None => "under way",
                Some(_) if scan.findings.is_empty() => "nothing found",
                Some(_) => "findings",
            });
        vec![
            if tags.is_empty() { "(none)".to_owned() } else { tags.join(", ") },
            image.digest.as_str().chars().take(DIGEST_LEN).collect(),
            binary_prefix(image.size(), "B", 1),
            pushed(image.digest).map(base::Time::iso_secs).unwrap_or_default(),
            scan.to_owned(),
        ]
    });
    let view = view.table(&["Tags", "Digest", "Size", "Pushed", "Scan"], rows.collect());
    match images.len().checked_sub(IMAGES_MAX) {
        Some(more @ 1..) => view.note(format!("and {} more", plural(more, "image"))),
        _ => view,
    }
}
