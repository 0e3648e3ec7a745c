//! The store's promises: order, soundness, survival, search.

use super::*;
use base::Digest;

fn store(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("distlab.db")).expect("opens")
}

fn fill(store: &mut Store, world: &str, count: u64) -> Digest {
    let mut chain = Chain::at(origin(world));
    for group in 1..=count {
        let body = format!("{{\"n\":{group}}}");
        let fresh = Fresh { at: group.cast_signed(), group, kind: "call".into(), body };
        store.append(world, &mut chain, &[fresh]).expect("appended");
    }
    chain.head
}

/// The number of a world's last entry.
fn last(store: &Store, world: &str) -> u64 {
    store.last_entry(world).unwrap().map_or(0, |(seq, _)| seq)
}

#[test]
fn a_journal_comes_back_in_order_and_sound() {
    let dir = tempfile::tempdir().unwrap();
    let head = fill(&mut store(&dir), "w", 20);
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
        let mut store = store(&dir);
        fill(&mut store, "other", 3);
        fill(&mut store, "w", 9);
        store.db.execute(sql, []).unwrap();
        let loaded = store.load("w", origin("w")).unwrap();
        let broken = loaded.broken.expect("found");
        assert_eq!((loaded.entries.len(), broken.good, broken.seq), (good, good, seq), "{sql}");
        let rows: i64 = store.db.query_row("SELECT count(*) FROM entry", [], |r| r.get(0)).unwrap();
        assert!(rows >= 11, "nothing is overwritten");
        assert_eq!(store.load("other", origin("other")).unwrap().broken, None);
    };
    let of_w = "id >> 40 = (SELECT number FROM journal WHERE world = 'w')";
    let at = |seq: u64| format!("WHERE {of_w} AND seq = {seq}");
    check(&format!("UPDATE entry SET body = replace(body, '5', '6') {}", at(5)), 4, 5);
    check(&format!("UPDATE entry SET at = 99 {}", at(9)), 8, 9);
    check(&format!("DELETE FROM entry {}", at(3)), 2, 4);
    check(&format!("UPDATE entry SET hash = x'00' {}", at(1)), 0, 1);
    check(&format!("UPDATE entry SET body = x'00ff' {}", at(7)), 6, 7);
    check(&format!("UPDATE entry SET at = 'noon' {}", at(2)), 1, 2);
}

#[test]
fn entries_are_added_all_or_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(&dir);
    fill(&mut store, "w", 2);
    let before = store.load("w", origin("w")).unwrap();
    let fresh = |n: u64| Fresh { at: 9, group: n, kind: "call".into(), body: n.to_string() };
    let mut chain = Chain { head: before.entries[1].hash, good: 2 };
    store.append("w", &mut chain, &[fresh(1), fresh(2), fresh(3)]).unwrap();
    let loaded = store.load("w", origin("w")).unwrap();
    assert_eq!((loaded.broken, loaded.entries.len()), (None, 5));
    assert_eq!(chain, Chain { head: loaded.entries[4].hash, good: 5 });
    // The second of these stands where an entry is already.
    let mut behind = Chain { head: loaded.entries[1].hash, good: 1 };
    store.db.execute("DELETE FROM entry WHERE seq = 2", []).unwrap();
    let old = behind.clone();
    store.append("w", &mut behind, &[fresh(4), fresh(5)]).unwrap_err();
    assert_eq!(behind, old, "nothing was added");
    let seqs = |store: &Store| {
        let mut found = Vec::new();
        let mut visit = |seq, _: &NewEntry<'_>| {
            found.push(seq);
            Ok::<_, StoreError>(true)
        };
        store.read("w", (1, 9), &mut visit).unwrap();
        found
    };
    assert_eq!(seqs(&store), [1, 3, 4, 5]);
    assert_eq!(last(&store, "w"), 5);
    assert_eq!(last(&store, "none"), 0);
}

#[test]
fn a_journal_is_put_away_whole_and_cut() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = store(&dir);
    fill(&mut store, "other", 4);
    fill(&mut store, "w", 4);
    let broken = "UPDATE entry SET hash = x'00' WHERE seq = 3 AND id >> 40 = 2";
    assert_eq!(store.db.execute(broken, []).unwrap(), 1);
    let mut file = Vec::new();
    assert_eq!(store.dump("w", &mut file).unwrap(), 4);
    let lines: Vec<serde_json::Value> = String::from_utf8(file)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!((lines.len(), &lines[2]["hash"], &lines[3]["seq"]), (4, &"00".into(), &4.into()));
    let first: Entry = serde_json::from_value(lines[0].clone()).unwrap();
    assert_eq!(first, store.load("w", origin("w")).unwrap().entries[0]);
    assert_eq!(store.cut("w", 2).unwrap(), 2);
    assert_eq!(store.load("w", origin("w")).unwrap().entries.len(), 2);
    assert_eq!(store.load("other", origin("other")).unwrap().entries.len(), 4);
}

#[test]
fn a_database_of_the_first_schema_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("distlab.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch(super::db::MIGRATIONS[0]).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    for world in ["b", "a"] {
        db.execute("INSERT INTO world VALUES (?1, '{}', 7)", [world]).unwrap();
        let mut head = origin(world);
        for seq in 1..=3_u64 {
            let body = format!("{{\"of\":\"{world}\"}}");
            let entry = NewEntry { at: 5, group: seq, kind: "call", body: &body };
            head = link(&head, seq, &entry);
            let sql = "INSERT INTO entry VALUES (?1, ?2, 5, ?2, 'call', ?3, ?4)";
            let row = rusqlite::params![world, seq.cast_signed(), body, head.0.as_slice()];
            db.execute(sql, row).unwrap();
        }
    }
    drop(db);
    for _ in 0..2 {
        let store = store(&dir);
        for world in ["a", "b"] {
            let loaded = store.load(world, origin(world)).unwrap();
            assert_eq!((loaded.broken, loaded.entries.len()), (None, 3));
            assert!(loaded.entries.iter().all(|e| e.body.contains(&format!("\"{world}\""))));
            assert_eq!(store.world(world).unwrap().unwrap().lab_time, 7);
        }
    }
    let mut store = store(&dir);
    let row = WorldRow { id: "a".into(), manifest: "{}".into(), lab_time: 0 };
    store.create_world(&row).unwrap();
    assert_eq!(last(&store, "a"), 0);
    assert_eq!(last(&store, "b"), 3);
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
        let groups: Vec<Vec<String>> = query
            .split(' ')
            .map(|any| any.split('|').map(|p| p.replace('_', " ")).collect())
            .collect();
        store.search_notes(&groups, 10).unwrap().into_iter().map(|h| h.page).collect()
    };
    assert_eq!(pages("image"), ["containers/images", "bigdata/hdfs"]);
    assert_eq!(pages("replicating rack"), ["bigdata/hdfs"]);
    assert_eq!(pages("contain"), ["containers/images"]);
    assert_eq!(pages("\" *"), Vec::<String>::new());
    assert_eq!(pages("copied|replicated racks"), ["bigdata/hdfs"]);
    assert_eq!(pages("other_racks"), ["bigdata/hdfs"]);
    assert_eq!(pages("racks_other"), Vec::<String>::new());
    // Nothing holds both, so what holds one of them is better than nothing.
    assert_eq!(pages("nothing blocks"), ["bigdata/hdfs"]);
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
                assert_eq!(store.search_notes(&[vec!["bucket".into()]], 1000).unwrap().len(), 300);
            });
        }
    });
}
