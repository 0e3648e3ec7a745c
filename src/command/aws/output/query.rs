//! `--query`: JMESPath over the answer.
//!
//! The evaluator keeps the members of objects sorted; the real client keeps the order of the answer
//! and of `{…}` in the query. The order is put back by the set of names of each object.

use std::collections::BTreeMap;

use jmespath::ast::Ast;
use serde_json::{Map, Value};

use crate::aws::fail::Failure;

/// A compiled query.
pub(in crate::aws) struct Query {
    expression: jmespath::Expression<'static>,
    /// The orders of the `{…}` in the query.
    orders: Orders,
}

/// For each set of names (sorted), the order they are shown in.
type Orders = BTreeMap<Vec<String>, Vec<String>>;

impl Query {
    /// Compiles a query.
    pub(in crate::aws) fn new(text: &str) -> Result<Self, Failure> {
        // The client takes a word between backquotes as text, which the language's grammar does not.
        let loose = jmespath::compile(text).err().map(|_| quoted(text));
        let expression = jmespath::compile(loose.as_deref().unwrap_or(text)).map_err(|e| {
            Failure::Invalid(format!(
                "Bad value for --query {text}: {}",
                e.to_string().trim_end().replace('\t', " ")
            ))
        })?;
        let mut orders = Orders::new();
        from_query(expression.as_ast(), &mut orders);
        Ok(Self { expression, orders })
    }

    /// What the query finds; null when nothing.
    pub(in crate::aws) fn apply(&self, value: &Value) -> Result<Value, Failure> {
        let found = self.expression.search(value).map_err(|e| Failure::General(e.to_string()))?;
        let found = serde_json::to_value(&*found)
            .map_err(|e| Failure::General(format!("the query's answer is not a value: {e}")))?;
        let mut orders = Orders::new();
        from_answer(value, &mut orders);
        orders.extend(self.orders.clone());
        Ok(reorder(found, &orders))
    }
}

/// The query, with what stands between backquotes and is no JSON as a text of JSON.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('`') {
        let Some((literal, after)) = behind.split_once('`') else { break };
        let fits = serde_json::from_str::<Value>(literal.trim()).is_ok();
        let literal =
            if fits { literal.to_owned() } else { format!("\"{}\"", literal.trim_start()) };
        out = out + before + "`" + &literal + "`";
        rest = after;
    }
    out + rest
}

fn note<'a>(names: impl Iterator<Item = &'a String>, orders: &mut Orders) {
    let order: Vec<String> = names.cloned().collect();
    let mut set = order.clone();
    set.sort_unstable();
    orders.entry(set).or_insert(order);
}

fn from_answer(value: &Value, orders: &mut Orders) {
    match value {
        Value::Object(map) => {
            note(map.keys(), orders);
            map.values().for_each(|v| from_answer(v, orders));
        }
        Value::Array(items) => items.iter().for_each(|v| from_answer(v, orders)),
        _ => {}
    }
}

fn from_query(ast: &Ast, orders: &mut Orders) {
    match ast {
        Ast::MultiHash { elements, .. } => {
            note(elements.iter().map(|pair| &pair.key), orders);
            for pair in elements {
                from_query(&pair.value, orders);
            }
        }
        Ast::MultiList { elements, .. } | Ast::Function { args: elements, .. } => {
            for element in elements {
                from_query(element, orders);
            }
        }
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => {
            from_query(lhs, orders);
            from_query(rhs, orders);
        }
        Ast::Condition { predicate, then, .. } => {
            from_query(predicate, orders);
            from_query(then, orders);
        }
        Ast::Expref { ast: node, .. }
        | Ast::Flatten { node, .. }
        | Ast::Not { node, .. }
        | Ast::ObjectValues { node, .. } => from_query(node, orders),
        _ => {}
    }
}

/// Puts the members of every object into the order noted for them, and makes whole numbers of
/// fractions that are whole.
fn reorder(value: Value, orders: &Orders) -> Value {
    match value {
        Value::Object(mut map) => {
            let mut set: Vec<String> = map.keys().cloned().collect();
            set.sort_unstable();
            let mut ordered = Map::new();
            for name in orders.get(&set).unwrap_or(&set) {
                if let Some(value) = map.remove(name) {
                    ordered.insert(name.clone(), reorder(value, orders));
                }
            }
            Value::Object(ordered)
        }
        Value::Array(items) => items.into_iter().map(|v| reorder(v, orders)).collect(),
        Value::Number(n) => whole(&n).map_or(Value::Number(n), Value::from),
        other => other,
    }
}

fn whole(number: &serde_json::Number) -> Option<i64> {
    let float = number.as_f64().filter(|f| number.is_f64() && f.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "below 2⁵³, where it is exact")]
    (float.abs() < 9_007_199_254_740_992.0).then_some(float as i64)
}
