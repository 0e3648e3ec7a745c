//! The store's promises: order, soundness, survival, search.

use super::*;
use base::Digest;

fn store(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("distlab.db")).expect("opens")
}

fn fill(store: &Store, world: &str, count: u64) -> Digest {
    let mut head = origin(world);
    for seq in 1..=count {
        let body = format!("{{\"n\":{seq}}}");
        let entry = NewEntry { at: seq.cast_signed(), group: seq, kind: "call", body: &body };
        head = store.append(world, seq, &head, &entry).expect("appended");
    }
    head
}

#[test]
fn a_journal_comes_back_in_order_and_sound() {
    let dir = tempfile::tempdir().unwrap();
    let head = fill(&store(&dir), "w", 20);
    let loaded = store(&dir).load("w", origin("w")).unwrap();
    assert_eq!(loaded.entries.len(), 20);
    assert_eq!(loaded.broken, None);
    assert_eq!(verify(origin("w"), &loaded.entries), Ok(head));
    assert_eq!(store(&dir).load("other", origin("other")).unwrap().entries, vec![]);
}

#[test]
fn an_altered_or_missing_entry_is_named_and_the_good_prefix_kept() {
    let check = |sql: &str, good: usize, seq: u64| {
        let dir = tempfile::tempdir().unwrap();
        let store = store(&dir);
        fill(&store, "w", 9);
        store.db.execute(sql, []).unwrap();
        let loaded = store.load("w", origin("w")).unwrap();
        let broken = loaded.broken.expect("found");
        assert_eq!((loaded.entries.len(), broken.good, broken.seq), (good, good, seq), "{sql}");
        let rows: i64 = store.db.query_row("SELECT count(*) FROM entry", [], |r| r.get(0)).unwrap();
        assert!(rows >= 8, "nothing is overwritten");
    };
    check("UPDATE entry SET body = replace(body, '5', '6') WHERE seq = 5", 4, 5);
    check("UPDATE entry SET at = 99 WHERE seq = 9", 8, 9);
    check("DELETE FROM entry WHERE seq = 3", 2, 4);
    check("UPDATE entry SET hash = x'00' WHERE seq = 1", 0, 1);
}

#[test]
fn a_newer_schema_is_refused_with_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    store(&dir).db.pragma_update(None, "user_version", 99).unwrap();
    let error = Store::open(&dir.path().join("distlab.db")).err().expect("refused").to_string();
    assert!(error.contains("schema 99") && error.contains("DISTLAB_HOME"), "{error}");
}

#[test]
fn progress_is_kept_per_world_and_prefix() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(&dir);
    store.set_progress("a", "hints/one", "2").unwrap();
    store.set_progress("a", "hints/two", "1").unwrap();
    store.set_progress("a", "step", "one").unwrap();
    store.set_progress("b", "hints/one", "9").unwrap();
    assert_eq!(store.progress_under("a", "hints/").unwrap().len(), 2);
    store.forget_progress("a", "hints/").unwrap();
    assert_eq!(store.progress("a", "hints/one").unwrap(), None);
    assert_eq!(store.progress("a", "step").unwrap().as_deref(), Some("one"));
    assert_eq!(store.progress("b", "hints/one").unwrap().as_deref(), Some("9"));
}

#[test]
fn notes_are_found_by_stem_prefix_and_weight() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(&dir);
    let row = |page: &str, title: &str, text: &str| NoteRow {
        page: page.into(),
        anchor: String::new(),
        title: title.into(),
        heading: String::new(),
        text: text.into(),
    };
    let rows = [
        row("containers/images", "Images and layers", "A container starts from an image."),
        row("bigdata/hdfs", "HDFS", "Blocks are replicated on other racks; images do not matter."),
    ];
    store.index_notes("1", || rows).unwrap();
    let pages = |query: &str| -> Vec<String> {
        store.search_notes(query, 10).unwrap().into_iter().map(|h| h.page).collect()
    };
    assert_eq!(pages("image"), ["containers/images", "bigdata/hdfs"]);
    assert_eq!(pages("replicating rack"), ["bigdata/hdfs"]);
    assert_eq!(pages("contain"), ["containers/images"]);
    assert_eq!(pages("\" OR *"), Vec::<String>::new());
    assert_eq!(pages(""), Vec::<String>::new());
}

#[test]
fn notes_may_be_indexed_by_several_at_once() {
    let dir = tempfile::tempdir().unwrap();
    drop(store(&dir));
    let rows = || {
        (0..300).map(|n| NoteRow {
            page: n.to_string(),
            anchor: String::new(),
            title: String::new(),
            heading: String::new(),
            text: "a bucket".into(),
        })
    };
    let start = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut store = store(&dir);
                start.wait();
                store.index_notes("1", rows).unwrap();
                assert_eq!(store.search_notes("bucket", 1000).unwrap().len(), 300);
            });
        }
    });
}
