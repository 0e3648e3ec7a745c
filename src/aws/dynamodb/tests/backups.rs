//! Backups and going back in time.

use super::*;
use crate::dynamodb::backup::{BackupFilter, BackupKind, RestoreOverrides};
use crate::dynamodb::table::Status;
use crate::dynamodb::table::spec::Throughput;
use crate::dynamodb::time::minus;

fn lab() -> Lab {
    let mut lab = Lab::with(&spec("tab", "id:S", &["global glo x:S KEYS_ONLY"]));
    lab.put(json!({"id": {"S": "a"}, "x": {"S": "1"}}));
    lab
}

fn ids(lab: &Lab, table: &str) -> String {
    let table = &lab.state.region(&lab.place).unwrap().tables[table];
    let ids = table.rows.iter().map(|(_, row)| item_to_json(&row.item)["id"]["S"].clone());
    let mut ids: Vec<_> = ids.map(|id| id.as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.join(" ")
}

#[test]
fn a_backup_keeps_the_table_as_it_was() {
    let mut lab = lab();
    let backup = lab.run(|state, cx| state.create_backup(cx, "tab", "first")).unwrap();
    assert_eq!((backup.status, backup.source.items), ("CREATING", 1));
    lab.put(json!({"id": {"S": "b"}, "x": {"S": "2"}}));
    let restore = |lab: &mut Lab, target: &str, overrides: &RestoreOverrides| {
        let restored =
            lab.run(|state, cx| state.restore_from_backup(cx, &backup.arn, target, overrides));
        restored.map_err(|error| said(&error))
    };
    let none = RestoreOverrides::default();
    assert!(restore(&mut lab, "new", &none).unwrap_err().starts_with("BackupInUseException"));
    lab.pass(5);
    assert_eq!(
        restore(&mut lab, "tab", &none).unwrap_err(),
        "TableAlreadyExistsException: Table already exists: tab"
    );
    let table = restore(&mut lab, "new", &none).unwrap();
    assert_eq!(table.status, Status::Creating);
    assert!(table.restored.unwrap().in_progress);
    lab.pass(200);
    let table = lab.table("new");
    assert_eq!((table.status, table.indexes.len(), table.items), (Status::Active, 1, 1));
    assert!(!table.restored.unwrap().in_progress);
    assert_eq!((ids(&lab, "new").as_str(), ids(&lab, "tab").as_str()), ("a", "a b"));
    let index = &lab.state.region(&lab.place).unwrap().tables["new"].indexes["glo"];
    assert_eq!(index.rows.len(), 1);
    let overrides = RestoreOverrides {
        billing: Some(BillingMode::Provisioned),
        throughput: Some(Throughput { read: 1, write: 2 }),
        globals: Some(Vec::new()),
        ..none.clone()
    };
    let table = restore(&mut lab, "other", &overrides).unwrap();
    assert_eq!((table.indexes.len(), table.throughput.write, table.attributes.len()), (0, 2, 1));
    let globals = spec("tab", "id:S", &["global nix x:S ALL"]).globals;
    let wrong = restore(&mut lab, "third", &RestoreOverrides { globals, ..none });
    assert_eq!(
        wrong.unwrap_err(),
        "ValidationException: Invalid Request: Index nix does not match a secondary index that \
         existed in the source table and cannot be created during the restore operation"
    );
    // The backup outlives its table.
    lab.run(|state, cx| state.delete_table(cx, "tab")).unwrap();
    lab.pass(10);
    assert_eq!(
        lab.state.list_backups(&lab.place, &BackupFilter::default(), None, None).unwrap().0.len(),
        1
    );
    let place = lab.place.clone();
    assert_eq!(lab.state.delete_backup(&place, &backup.arn).unwrap().status, "DELETED");
    let gone = lab.state.describe_backup(&place, &backup.arn).unwrap_err();
    assert_eq!(said(&gone), format!("BackupNotFoundException: Backup not found: {}", backup.arn));
}

#[test]
fn backups_are_listed_by_table_and_time() {
    let mut lab = lab();
    lab.create(&spec("oth", "id:S", &[])).unwrap();
    lab.pass(8);
    let early = lab.run(|state, cx| state.create_backup(cx, "oth", "one")).unwrap_err();
    assert_eq!(
        said(&early),
        "ContinuousBackupsUnavailableException: Backups are being enabled for the table: oth. \
         Please retry later"
    );
    lab.pass(5);
    let begin = lab.now;
    for (table, name) in [("tab", "one"), ("oth", "two"), ("tab", "three")] {
        lab.run(|state, cx| state.create_backup(cx, table, name)).unwrap();
        lab.pass(100);
    }
    let check = |table: Option<&str>, since: u64, until: u64, expect: &str| {
        let at = |seconds: u64| Some(begin.plus(Duration::from_secs(seconds)));
        let (since, until, table) = (at(since), at(until), table.map(str::to_owned));
        let filter = BackupFilter { table, kind: None, since, until };
        let listed = lab.state.list_backups(&lab.place, &filter, None, None).unwrap().0;
        let names: Vec<_> = listed.into_iter().map(|backup| backup.name).collect();
        assert_eq!(names.join(" "), expect);
    };
    check(None, 0, 1000, "two one three");
    check(Some("tab"), 0, 1000, "one three");
    check(Some("tab"), 0, 200, "one");
    check(Some("tab"), 1, 201, "three");
    let missing = lab.run(|state, cx| state.create_backup(cx, "none", "one")).unwrap_err();
    assert_eq!(said(&missing), "TableNotFoundException: Table not found: none");
}

#[test]
fn a_table_goes_back_to_any_moment() {
    let mut lab = lab();
    let none = RestoreOverrides::default();
    let restore = |lab: &mut Lab, target: &str, moment: Option<Time>| {
        let restored =
            lab.run(|state, cx| state.restore_to_point_in_time(cx, "tab", target, moment, &none));
        restored.map_err(|error| said(&error))
    };
    assert_eq!(
        restore(&mut lab, "new", None).unwrap_err(),
        "PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for table \
         'tab'"
    );
    let set = |lab: &mut Lab, on: bool, days: Option<u32>| {
        lab.run(|state, cx| state.update_continuous_backups(cx, "tab", on, days)).unwrap()
    };
    let window = set(&mut lab, true, None).unwrap();
    assert_eq!((window.days, window.earliest, window.latest), (35, lab.now, lab.now));
    let began = lab.now;
    let put = |lab: &mut Lab, id: &str| {
        lab.pass(600);
        lab.put(json!({"id": {"S": id}, "x": {"S": "1"}}));
        lab.now
    };
    let b = put(&mut lab, "b");
    let c = put(&mut lab, "c");
    lab.pass(600);
    lab.delete(json!({"id": {"S": "a"}}));
    let early = restore(&mut lab, "n00", Some(minus(began, Duration::from_millis(1))));
    assert!(early.unwrap_err().starts_with(
        "InvalidRestoreTimeException: RestoreDateTime '2026-11-22T10:00:59Z' must be within \
         EarliestRestorableDateTime '2026-11-22T10:01:00Z' and LatestRestorableDateTime '"
    ));
    let now = lab.now;
    assert!(restore(&mut lab, "n01", Some(now)).is_err());
    let just_before = minus(b, Duration::from_millis(1));
    for (target, moment, expect) in [
        ("n02", Some(began), "a"),
        ("n03", Some(just_before), "a"),
        ("n04", Some(b), "a b"),
        ("n05", Some(c), "a b c"),
        ("n06", None, "a b c"),
    ] {
        restore(&mut lab, target, moment).unwrap();
        assert_eq!(ids(&lab, target), expect);
        let table = &lab.state.region(&lab.place).unwrap().tables[target];
        assert_eq!(table.indexes["glo"].rows.len(), table.rows.len());
    }
    lab.pass(300);
    restore(&mut lab, "n07", None).unwrap();
    assert_eq!(ids(&lab, "n07"), "b c");
    // A shorter period forgets; a longer one does not bring it back.
    lab.pass(3 * 86_400);
    assert_eq!(
        set(&mut lab, true, Some(1)).unwrap().earliest,
        minus(lab.now, Duration::from_hours(24))
    );
    assert_eq!(
        set(&mut lab, true, Some(35)).unwrap().earliest,
        minus(lab.now, Duration::from_hours(24))
    );
    assert_eq!(set(&mut lab, false, None), None);
}

#[test]
fn a_collection_is_counted_anew_without_an_index() {
    let locals = ["local one id:S x:S ALL", "local two id:S x:S ALL"];
    let mut lab = Lab::with(&spec("tab", "id:S n:N", &locals));
    for n in 0..3 {
        lab.put(json!({"id": {"S": "a"}, "n": {"N": n.to_string()}, "x": {"S": "x"}}));
    }
    let backup = lab.run(|state, cx| state.create_backup(cx, "tab", "first")).unwrap();
    lab.pass(5);
    let check = |lab: &mut Lab, target: &str, kept: &[&str], times: u64| {
        let locals = spec("tab", "id:S n:N", kept).locals.unwrap_or_default();
        let overrides = RestoreOverrides { locals: Some(locals), ..RestoreOverrides::default() };
        lab.run(|state, cx| state.restore_from_backup(cx, &backup.arn, target, &overrides))
            .unwrap();
        let table = &lab.state.region(&lab.place).unwrap().tables[target];
        let sizes: Vec<_> = table.collections.values().copied().collect();
        let one = table.rows.bytes() + 300;
        assert_eq!(sizes, if times == 0 { Vec::new() } else { vec![times * one] });
    };
    check(&mut lab, "both", &locals, 3);
    check(&mut lab, "less", &locals[..1], 2);
    check(&mut lab, "none", &[], 0);
}

#[test]
fn a_table_with_recovery_leaves_a_backup_behind() {
    let mut lab = lab();
    lab.run(|state, cx| state.update_continuous_backups(cx, "tab", true, None)).unwrap();
    lab.run(|state, cx| state.delete_table(cx, "tab")).unwrap();
    lab.pass(6);
    let filter = BackupFilter { kind: Some(BackupKind::System), ..BackupFilter::default() };
    let list = |lab: &Lab| lab.state.list_backups(&lab.place, &filter, None, None).unwrap().0;
    let backup = list(&lab).remove(0);
    assert_eq!((backup.name.as_str(), backup.source.items), ("tab$DeletedTableBackup", 1));
    let place = lab.place.clone();
    let kept = lab.state.delete_backup(&place, &backup.arn).unwrap_err();
    assert!(kept.message.starts_with(
        "Invalid Request: User is not allowed to delete the system backup with arn arn:aws:"
    ));
    let none = RestoreOverrides::default();
    lab.run(|state, cx| state.restore_from_backup(cx, &backup.arn, "tab", &none)).unwrap();
    assert_eq!(ids(&lab, "tab"), "a");
    lab.pass(35 * 86_400);
    assert_eq!(list(&lab), []);
}
