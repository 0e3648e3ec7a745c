//! What journals of different learners have in common that honest ones have not.
//!
//! Two people who follow one lesson send the same requests. They do not pause between them for the same
//! number of milliseconds, and what a lab gives to one learner alone (a name with random letters) is not
//! in the journal of another. Both survive a new name, a new chain, and entries put in between.

use std::collections::{BTreeMap, BTreeSet};

use super::graded::Graded;
use super::prints::{ACTS, GAPS, STRETCH};

/// Adds to each graded file of different learners what it has in common with others. What one learner
/// handed in more than once may be alike.
pub fn mark(graded: &mut [(String, &mut Graded)]) {
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    let mut labs: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, (_, one)) in graded.iter().enumerate() {
        labs.entry(&one.lab).or_default().push(place);
    }
    let get = |place: usize| &*graded[place].1;
    for places in labs.values() {
        let mut said: BTreeSet<(usize, usize)> = BTreeSet::new();
        // The same work under the same name may be a second hand-in, or a file given to a friend.
        for (a, b) in shared(places, |p| vec![get(p).head]).into_keys() {
            found.push((a, b, "the same journal was handed in as {}".into()));
            said.insert((a, b));
        }
        let others = |a: usize, b: usize| get(a).identity() != get(b).identity();
        for (a, b) in shared(places, |p| vec![get(p).seed]).into_keys() {
            if others(a, b) {
                found.push((a, b, "it has the seed of {}, which carries another name".into()));
            }
        }
        for (a, b) in shared(places, |p| vec![get(p).world_seed]).into_keys() {
            if others(a, b) && get(a).seed != get(b).seed {
                found.push((a, b, "its world has the seed of that in {}".into()));
            }
        }
        let stretches = shared(places, |p| get(p).prints.stretches.clone());
        for ((a, b), count) in stretches {
            if others(a, b) && said.insert((a, b)) {
                let entries = count + STRETCH - 1;
                found.push((
                    a,
                    b,
                    format!(
                        "{entries} of its entries, with the pauses between them, are those of {{}}"
                    ),
                ));
            }
        }
        for ((a, b), count) in shared(places, |p| get(p).prints.gaps.clone()) {
            if others(a, b) && said.insert((a, b)) {
                let gaps = count + GAPS - 1;
                found.push((a, b, format!("{gaps} pauses are, to the millisecond, those of {{}}")));
            }
        }
        let own = places.iter().flat_map(|p| get(*p).prints.own.iter().copied());
        let own: BTreeSet<u64> = own.collect();
        let named = shared(places, |p| {
            get(p).prints.acts.iter().filter(|w| own.contains(w)).copied().collect()
        });
        for ((a, b), count) in named {
            if others(a, b) && said.insert((a, b)) {
                let entries = count + ACTS - 1;
                found.push((
                    a,
                    b,
                    format!(
                        "{entries} of its entries are those of {{}}, and name what the lab gave to one \
                         of the two alone"
                    ),
                ));
            }
        }
    }
    let files: Vec<String> = graded.iter().map(|(file, _)| file.clone()).collect();
    for (a, b, text) in found {
        graded[a].1.alike.push(text.replace("{}", &files[b]));
        graded[b].1.alike.push(text.replace("{}", &files[a]));
    }
}

/// How many marks each two files share. One that very many share says nothing of two of them, and would
/// make this quadratic.
fn shared<T: Ord>(
    places: &[usize],
    marks: impl Fn(usize) -> Vec<T>,
) -> BTreeMap<(usize, usize), usize> {
    const SHARED_MAX: usize = 24;
    let mut by_mark: BTreeMap<T, Vec<usize>> = BTreeMap::new();
    for place in places {
        for mark in marks(*place) {
            by_mark.entry(mark).or_default().push(*place);
        }
    }
    let mut pairs = BTreeMap::new();
    for places in by_mark.values() {
        for (i, a) in places.iter().enumerate().take(SHARED_MAX) {
            for b in places[i + 1..].iter().take(SHARED_MAX) {
                *pairs.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    pairs
}
