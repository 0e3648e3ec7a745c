//! What the engine is told of who asks for an image.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::json;

use super::HUB;
use super::settings::Settings;
use crate::cx::Cx;
use crate::reference::Reference;

/// Who asks for this image, as the engine takes it in a header; nobody in particular when nothing is
/// kept for its registry.
pub(crate) fn auth(cx: &mut Cx<'_, '_>, image: &Reference) -> String {
    let domain = image.domain();
    let server = if domain == "docker.io" { HUB.to_owned() } else { domain };
    let settings = Settings::open_for(cx, &server);
    let known = settings.get(&server).unwrap_or_else(|why| {
        cx.complain(why);
        None
    });
    let said = known.map_or_else(|| json!({}), |who| who.json(&server));
    URL_SAFE.encode(said.to_string())
}

/// The header that tells the engine who asks for this image.
pub(crate) fn of_image(cx: &mut Cx<'_, '_>, image: &Reference) -> Vec<(&'static str, String)> {
    vec![("X-Registry-Auth", auth(cx, image))]
}

/// The header that tells the engine who asks for any image.
pub(crate) fn of_all(cx: &mut Cx<'_, '_>) -> Vec<(&'static str, String)> {
    let all = json!(Settings::open(cx).every()).to_string();
    vec![("X-Registry-Config", URL_SAFE.encode(all))]
}
