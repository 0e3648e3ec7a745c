//! Services that extend others, of their own file or of another.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::files::{refused, unreadable};
use crate::composefile::{self, Dialect, How, Loaded};
use crate::cx::Fail;

/// A service and the file that it stands in, as the reference names them.
type Place = (String, String);

/// Puts services over those that they extend.
///
/// # Errors
/// A service that is not there, or that extends itself in the end.
pub(super) fn extend(loaded: &mut Loaded, file: &Path, how: &How<'_>) -> Result<(), Fail> {
    let Some(Value::Object(services)) = loaded.root.get("services") else { return Ok(()) };
    let mut whole = services.clone();
    for name in services.keys() {
        if let Some(service) =
            resolve(&Value::Object(services.clone()), name, file, how, &mut vec![])?
        {
            whole.insert(name.clone(), service);
        }
    }
    loaded.root.insert("services".into(), Value::Object(whole));
    Ok(())
}

/// A service with what it extends under it; none when there is no such service.
fn resolve(
    services: &Value,
    name: &str,
    file: &Path,
    how: &How<'_>,
    above: &mut Vec<Place>,
) -> Result<Option<Value>, Fail> {
    let Some(service) = services.get(name) else { return Ok(None) };
    let Some(extends) = service.get("extends") else { return Ok(Some(service.clone())) };
    let here = (name.to_owned(), file.display().to_string());
    if above.contains(&here) {
        above.push(here);
        return Err(circle(above));
    }
    above.push(here);
    let of = |key: &str| extends.get(key).and_then(Value::as_str);
    let base = extends.as_str().or(of("service")).unwrap_or_default();
    let found = match of("file") {
        Some(other) => {
            let path = composefile::clean(&how.dir.join(other));
            let text = fs::read_to_string(&path).map_err(|e| unreadable(&path, &e))?;
            let how = How { dir: path.parent().unwrap_or(how.dir), ..*how };
            let loaded = composefile::load(&[text], &how)
                .map_err(|wrong| refused(wrong, std::slice::from_ref(&path)))?;
            let services = loaded.root.get("services").cloned().unwrap_or_default();
            resolve(&services, base, &path, &how, above)?
        }
        None => resolve(services, base, file, how, above)?,
    };
    above.pop();
    let Some(Value::Object(mut merged)) = found else {
        return Err(Fail::new(
            15,
            format!(
                "cannot extend service {name:?} in {}: service {base:?} not found",
                file.display()
            ),
        ));
    };
    let mut own = service.as_object().cloned().unwrap_or_default();
    own.remove("extends");
    composefile::merge_service(&mut merged, own, Dialect::Compose);
    Ok(Some(Value::Object(merged)))
}

fn circle(places: &[Place]) -> Fail {
    let lines: Vec<String> =
        places.iter().map(|(service, file)| format!("{service} in {file}")).collect();
    Fail::new(15, format!("Circular reference:\n  {}", lines.join("\n  extends ")))
}
