//! The kinds of values that many keys of Compose files have.

use super::schema::{Extra, Field, Kind, Struct, both};
use super::syntax;

pub(super) const STRING: Kind = Kind::Is(&["string"]);
pub(super) const INTEGER: Kind = Kind::Is(&["integer"]);
pub(super) const NUMBER: Kind = Kind::Is(&["number"]);
pub(super) const BOOLEAN: Kind = Kind::Is(&["boolean"]);
pub(super) const TEXT: Kind = Kind::Is(&["string", "number", "null"]);
pub(super) const NUMBER_OR_STRING: Kind = Kind::Is(&["number", "string"]);
pub(super) const LOOSE: Kind = Kind::Is(&["string", "number", "boolean", "null"]);
pub(super) const DURATION: Kind = Kind::Form(&["string"], "duration", syntax::is_duration);
pub(super) const STRINGS: Kind = Kind::List(&STRING, true);
pub(super) const STRING_OR_LIST: Kind = Kind::OneOf(&[&STRING, &STRINGS]);
pub(super) const COMMAND: Kind = Kind::OneOf(&[&STRING, &Kind::List(&STRING, false)]);
pub(super) const COMMAND_OR_NULL: Kind =
    Kind::OneOf(&[&Kind::Is(&["null"]), &STRING, &Kind::List(&STRING, false)]);
pub(super) const DICT: Kind = Kind::Dict(&TEXT, syntax::not_empty);
pub(super) const LIST_OR_DICT: Kind = Kind::OneOf(&[&DICT, &STRINGS]);
pub(super) const LOOSE_DICT: Kind =
    Kind::OneOf(&[&Kind::Dict(&LOOSE, syntax::not_empty), &STRINGS]);
pub(super) const OPTIONS: Kind = Kind::Dict(&TEXT, syntax::not_empty);
pub(super) const NAMED: Kind = Kind::Struct(&Struct {
    fields: &[both("name", &STRING)],
    required: &[],
    nullable: false,
    extra: Extra::All(0),
});
pub(super) const EXTERNAL: Kind = Kind::OneOf(&[&BOOLEAN, &NAMED]);

/// A mapping that has nothing beside its keys.
pub(super) const fn closed(fields: &'static [Field]) -> Struct {
    Struct { fields, required: &[], nullable: false, extra: Extra::Nothing }
}
