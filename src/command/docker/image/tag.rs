//! `docker tag`: another name for an image.

use crate::cx::{Cx, Fail};
use crate::reference;
use crate::verb::{Args, Verb, never};
use command_line::flags::Parsed;

pub(crate) static VERB: Verb = Verb {
    group: "image",
    name: "tag",
    aliases: &[],
    top: Some("tag"),
    usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
    about: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    flags: &[],
    args: Args::Exactly(2),
    interspersed: true,
    looks: never,
    run: tag,
};

fn tag(cx: &mut Cx<'_, '_>, given: &Parsed) -> Result<u8, Fail> {
    let (source, target) = (&given.args[0], &given.args[1]);
    let wanted = reference::parse(target).map_err(|why| {
        Fail::new(
            1,
            format!("Error parsing reference: {target:?} is not a valid repository/tag: {why}"),
        )
    })?;
    let engine = cx.engine()?;
    cx.wait(engine.tag(source, &wanted.repository, wanted.tag.as_deref().unwrap_or("latest")))?;
    Ok(0)
}
