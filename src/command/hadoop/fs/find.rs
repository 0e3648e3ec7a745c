//! `-find`: walks trees and prints what an expression holds for.

use super::glob::matches;
use super::options::Illegal;
use super::{Item, Outcome, Shell, Trouble};

/// One part of an expression; all must hold, in order.
enum Term {
    Name(String),
    /// Case does not count.
    AnyCase(String),
    Print(char),
}

/// `-find <path> ... <expression> ...`
pub(super) fn find(shell: &mut Shell<'_, '_>, args: &[String]) -> Result<(), Illegal> {
    let split = args.iter().position(|a| a.starts_with('-') && a != "-").unwrap_or(args.len());
    let (paths, expression) = args.split_at(split);
    let terms = match parse(expression) {
        Ok(terms) => terms,
        Err(message) => {
            shell.complain(&Trouble::Said(message));
            return Ok(());
        }
    };
    let here = [".".to_owned()];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    shell.each(paths, |shell, item| walk(shell, item, &terms))
}

fn parse(words: &[String]) -> Result<Vec<Term>, String> {
    let mut terms = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let mut value =
            || rest.next().cloned().ok_or_else(|| format!("Not enough arguments for {word}"));
        match word.as_str() {
            "-name" => terms.push(Term::Name(value()?)),
            "-iname" => terms.push(Term::AnyCase(value()?.to_lowercase())),
            "-print" => terms.push(Term::Print('\n')),
            "-print0" => terms.push(Term::Print('\0')),
            "-a" | "-and" => {}
            other => return Err(format!("Unexpected argument: {other}")),
        }
    }
    if !terms.iter().any(|t| matches!(t, Term::Print(_))) {
        terms.push(Term::Print('\n'));
    }
    Ok(terms)
}

fn walk(shell: &mut Shell<'_, '_>, item: &Item, terms: &[Term]) -> Outcome {
    let name = crate::hadoop::client::base_name(&item.path);
    for term in terms {
        let holds = match term {
            Term::Name(pattern) => matches(pattern, name),
            Term::AnyCase(pattern) => matches(pattern, &name.to_lowercase()),
            Term::Print(end) => {
                shell.print(&format!("{}{end}", item.shown));
                true
            }
        };
        if !holds {
            break;
        }
    }
    if item.is_directory() {
        for child in shell.children(item)? {
            if let Err(trouble) = walk(shell, &child, terms) {
                shell.complain(&trouble);
            }
        }
    }
    Ok(())
}
