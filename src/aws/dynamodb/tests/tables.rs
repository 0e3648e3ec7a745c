//! Definitions of tables, their lives, and what is shown of them.

use super::*;
use crate::dynamodb::table::spec::{EncryptionSpec, TableClass, Throughput};
use crate::dynamodb::table::{IndexUpdate, Status, TableUpdate};
use crate::dynamodb::time::label;

fn check_create(change: impl FnOnce(&mut TableSpec), expect: &str) {
    let mut spec =
        spec("tab", "a:S b:S", &["local loc a:S c:S ALL", "global glo c:S b:S KEYS_ONLY"]);
    change(&mut spec);
    let before = Lab::new();
    let mut lab = before.clone();
    match lab.create(&spec) {
        Ok(_) => assert_eq!("", expect),
        Err(error) => {
            assert_eq!(error.code, "ValidationException");
            assert_eq!(error.message, expect);
            assert_eq!(lab.state.region(&lab.place).map_or(0, |r| r.tables.len()), 0);
        }
    }
}

const INVALID: &str = "One or more parameter values were invalid: ";

fn check_invalid(change: impl FnOnce(&mut TableSpec), expect: &str) {
    check_create(change, &format!("{INVALID}{expect}"));
}

fn local(spec: &mut TableSpec) -> &mut IndexSpec {
    &mut spec.locals.as_mut().unwrap()[0]
}

fn global(spec: &mut TableSpec) -> &mut IndexSpec {
    &mut spec.globals.as_mut().unwrap()[0]
}

fn plain(spec: &mut TableSpec) {
    (spec.locals, spec.globals) = (None, None);
    spec.attributes.retain(|(name, _)| name != "c");
}

#[test]
fn an_enumeration_lists_its_words_in_the_order_of_the_service() {
    use crate::dynamodb::ops::items::{ComparisonOperator, ConditionalOperator};
    use crate::dynamodb::read::Select;
    use sim::api::{Shape, Shaped};
    fn check<T: Shaped>(expect: &str) {
        let Shape::Enum(words) = T::shape() else { panic!("{expect}: no enumeration") };
        assert_eq!(words.join(", "), expect);
    }
    check::<ScalarType>("B, N, S");
    check::<ProjectionKind>("ALL, INCLUDE, KEYS_ONLY");
    check::<ReturnValues>("ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW");
    check::<Select>("SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES");
    check::<ConditionalOperator>("OR, AND");
    check::<ComparisonOperator>(
        "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS",
    );
}

const UNITS: Throughput = Throughput { read: 5, write: 5 };

#[test]
fn all_faults_of_a_request_are_told_at_once() {
    // The answers of the service in us-west-2, as seen in 2026 with requests that say too little.
    check_create(
        |s| s.name = String::new(),
        "2 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: Member \
         must have length greater than or equal to 3; Value '' at 'tableName' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    );
    check_create(
        |s| (s.billing, s.throughput) = (None, Some(Throughput { read: 0, write: 0 })),
        "2 validation errors detected: Value '0' at 'provisionedThroughput.writeCapacityUnits' failed \
         to satisfy constraint: Member must have value greater than or equal to 1; Value '0' at \
         'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have \
         value greater than or equal to 1",
    );
    check_create(
        |s| (s.name, s.keys) = ("a;".into(), Vec::new()),
        "3 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: Member \
         must have length greater than or equal to 3; Value 'a;' at 'tableName' failed to satisfy \
         constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '[]' at \
         'keySchema' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
}

#[test]
fn a_table_must_be_well_defined() {
    check_create(|_| {}, "");
    check_create(plain, "");
    check_create(
        |s| s.name = "ab".into(),
        "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: \
         Member must have length greater than or equal to 3",
    );
    check_create(
        |s| s.name = "a b;".into(),
        "1 validation error detected: Value 'a b;' at 'tableName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    );
    check_invalid(
        |s| s.throughput = Some(UNITS),
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is \
         PAY_PER_REQUEST",
    );
    check_invalid(
        |s| s.billing = None,
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is \
         PROVISIONED",
    );
    check_create(
        |s| (s.billing, s.throughput) = (None, Some(Throughput { read: 0, write: 1 })),
        "1 validation error detected: Value '0' at 'provisionedThroughput.readCapacityUnits' \
         failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
    check_create(
        |s| (s.billing, s.throughput) = (None, Some(Throughput { read: 1 << 41, write: 1 })),
        "Given value 2199023255552 for ReadCapacityUnits is out of bounds",
    );
    check_create(
        |s| s.attributes.clear(),
        "Invalid KeySchema: Some index key attribute have no definition",
    );
    check_invalid(
        |s| s.attributes[0].0 = "z".into(),
        "Some index key attributes are not defined in AttributeDefinitions. Keys: [a, b], \
         AttributeDefinitions: [z, b, c]",
    );
    check_create(
        |s| s.keys[1].0 = "a".into(),
        "Both the Hash Key and the Range Key element in the KeySchema have the same name",
    );
    check_create(
        |s| s.keys[0].1 = KeyRole::Range,
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    );
    check_create(
        |s| s.keys[1].1 = KeyRole::Hash,
        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
    );
    check_invalid(
        |s| (s.locals, s.globals) = (None, None),
        "Number of attributes in KeySchema does not exactly match number of attributes defined in \
         AttributeDefinitions",
    );
    check_invalid(
        |s| s.attributes.push(("d".into(), ScalarType::S)),
        "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c, d], keys used: \
         [a, b, c]",
    );
    check_invalid(
        |s| s.stream = Some(StreamSpec { enabled: true, view: None }),
        "Table is being created with a stream enabled, UpdateViewType is required",
    );
}

#[test]
fn an_index_must_be_well_defined() {
    check_invalid(|s| s.locals = Some(Vec::new()), "List of LocalSecondaryIndexes is empty");
    check_invalid(|s| s.globals = Some(Vec::new()), "List of GlobalSecondaryIndexes is empty");
    check_invalid(
        |s| {
            s.keys.pop();
        },
        "Table KeySchema does not have a range key, which is required when specifying a \
         LocalSecondaryIndex",
    );
    check_invalid(
        |s| {
            local(s).keys.pop();
        },
        "Index KeySchema does not have a range key for index: loc",
    );
    check_invalid(
        |s| local(s).keys = vec![("c".into(), KeyRole::Hash), ("a".into(), KeyRole::Range)],
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: \
         loc. index hash key: c, table hash key: a",
    );
    check_invalid(|s| global(s).name = "loc".into(), "Duplicate index name: loc");
    check_invalid(|s| global(s).projection.kind = None, "Unknown ProjectionType: null");
    check_invalid(
        |s| global(s).projection.non_key = Some(vec!["x".into()]),
        "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
    );
    check_invalid(
        |s| global(s).projection.kind = Some(ProjectionKind::Include),
        "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    );
    check_invalid(
        |s| global(s).throughput = Some(UNITS),
        "ProvisionedThroughput should not be specified for index: glo when BillingMode is \
         PAY_PER_REQUEST",
    );
    check_invalid(
        |s| (s.billing, s.throughput) = (None, Some(UNITS)),
        "ProvisionedThroughput is not specified for index: glo",
    );
    check_invalid(
        |s| {
            let projection = &mut global(s).projection;
            projection.kind = Some(ProjectionKind::Include);
            projection.non_key = Some(vec!["x".into(), "x".into()]);
        },
        "Duplicate element in NonKeyAttributes: x",
    );
}

#[test]
fn a_table_has_so_many_indexes() {
    let many = |name: &str, count: usize, index: &IndexSpec| {
        let named = |n: usize| IndexSpec { name: format!("{name}{n}"), ..index.clone() };
        Some((0..count).map(named).collect::<Vec<_>>())
    };
    check_create(|s| s.locals = many("loc", 5, &local(s).clone()), "");
    check_invalid(
        |s| s.locals = many("loc", 6, &local(s).clone()),
        "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
    );
    check_create(|s| s.globals = many("glo", 20, &global(s).clone()), "");
    check_invalid(
        |s| s.globals = many("glo", 21, &global(s).clone()),
        "GlobalSecondaryIndex count exceeds the per-table limit of 20",
    );
    let include = |s: &mut TableSpec, count: usize| {
        let names = (0..count).map(|n| format!("n{n}")).collect();
        global(s).projection =
            ProjectionSpec { kind: Some(ProjectionKind::Include), non_key: Some(names) };
    };
    check_create(|s| include(s, 100), "");
    check_invalid(
        |s| include(s, 101),
        "Number of NonKeyAttributes across all secondary indexes exceeds per-table limit of 100",
    );
}

#[test]
fn a_table_lives_in_lab_time() {
    let mut lab = Lab::new();
    let mut spec = spec("tab", "id:S", &["global glo x:S ALL"]);
    spec.deletion_protection = true;
    let status = |lab: &Lab| {
        let table = lab.table("tab");
        (table.status, table.indexes[0].status)
    };
    assert_eq!(lab.create(&spec).unwrap().status, Status::Creating);
    let taken = lab.create(&spec).unwrap_err();
    let busy = "ResourceInUseException: Attempt to change a resource which is still in use";
    assert_eq!(said(&taken), format!("{busy}: Table is being created: tab"));
    let early = lab.write(&put("tab", json!({"id": {"S": "a"}})), ReturnValues::None).unwrap_err();
    assert_eq!(said(&early.error()), "ResourceNotFoundException: Requested resource not found");
    let remove = |lab: &mut Lab| lab.run(|state, cx| state.delete_table(cx, "tab"));
    let early = remove(&mut lab).unwrap_err();
    assert_eq!(said(&early), format!("{busy}: Table is being created: tab"));
    lab.pass(6);
    assert_eq!(status(&lab), (Status::Creating, Status::Creating));
    lab.pass(1);
    assert_eq!(status(&lab), (Status::Active, Status::Active));
    let taken = lab.create(&spec).unwrap_err();
    assert_eq!(said(&taken), "ResourceInUseException: Table already exists: tab");
    let protected = remove(&mut lab).unwrap_err();
    assert_eq!(
        protected.message,
        "Resource cannot be deleted as it is currently protected against deletion. Disable \
         deletion protection first."
    );
    let update = TableUpdate {
        name: lab.table("tab").arn,
        deletion_protection: Some(false),
        ..TableUpdate::default()
    };
    lab.run(|state, cx| state.update_table(cx, &update)).unwrap();
    assert_eq!(remove(&mut lab).unwrap().status, Status::Deleting);
    lab.pass(6);
    let gone = lab.state.describe_table(&lab.place, lab.now, "tab").unwrap_err();
    assert_eq!(
        said(&gone),
        "ResourceNotFoundException: Requested resource not found: Table: tab not found"
    );
}

#[test]
fn an_old_event_does_not_touch_a_new_table() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    lab.run(|state, cx| state.delete_table(cx, "tab")).unwrap();
    let stale = lab.queue.values().next().unwrap().clone();
    lab.pass(6);
    lab.create(&spec("tab", "id:S", &[])).unwrap();
    lab.run(|state, cx| state.happen(cx, &stale));
    assert_eq!(lab.table("tab").status, Status::Creating);
}

fn provisioned() -> TableSpec {
    let throughput = Some(Throughput { read: 10, write: 10 });
    TableSpec { billing: None, throughput, ..spec("tab", "id:S", &[]) }
}

#[test]
fn capacity_changes_when_the_update_is_over() {
    let mut lab = Lab::with(&provisioned());
    let update = |lab: &mut Lab, read: u64| {
        let throughput = Some(Throughput { read, write: 10 });
        let update = TableUpdate { name: "tab".into(), throughput, ..TableUpdate::default() };
        lab.run(|state, cx| state.update_table(cx, &update)).map_err(|error| said(&error))
    };
    let same = update(&mut lab, 10).unwrap_err();
    assert!(same.starts_with(
        "ValidationException: The provisioned throughput for the table will not change. The \
         requested value equals the current value. Current ReadCapacityUnits provisioned for the \
         table: 10. Requested ReadCapacityUnits: 10."
    ));
    let during = update(&mut lab, 20).unwrap();
    assert_eq!((during.status, during.throughput.read), (Status::Updating, 10));
    assert_eq!(
        update(&mut lab, 30).unwrap_err(),
        "ResourceInUseException: Attempt to change a resource which is still in use: Table IOPS \
         are currently being updated. Table: tab"
    );
    lab.pass(2);
    let after = lab.table("tab");
    assert_eq!((after.status, after.throughput.read), (Status::Active, 20));
    assert_eq!(after.throughput.increased, Some(lab.now));
    for read in [19, 18, 17, 16] {
        update(&mut lab, read).unwrap();
        lab.pass(10);
    }
    assert_eq!(lab.table("tab").throughput.decreases_today, 4);
    assert!(update(&mut lab, 15).unwrap_err().starts_with("LimitExceededException"));
    lab.pass(3600);
    update(&mut lab, 15).unwrap();
    lab.pass(86_400);
    assert_eq!(lab.table("tab").throughput.decreases_today, 0);
}

/// Refused, with that answer, and without a trace.
fn check_update(change: &dyn Fn(&mut TableUpdate), expect: &str) {
    let mut lab = Lab::with(&spec("tab", "id:S", &["global glo x:S ALL"]));
    let before = hash_of(&lab.state);
    let mut update = TableUpdate { name: "tab".into(), ..TableUpdate::default() };
    change(&mut update);
    let error = lab.run(|state, cx| state.update_table(cx, &update)).unwrap_err();
    assert_eq!(said(&error), expect);
    assert_eq!(hash_of(&lab.state), before, "a refused update has changed something");
}

#[test]
fn an_update_must_make_sense() {
    let index = |line: &str| spec("tab", "id:S", &[line]).globals.unwrap().remove(0);
    check_update(
        &|_| {},
        "ValidationException: At least one of ProvisionedThroughput, BillingMode, \
         UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, \
         MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, \
         DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required",
    );
    check_update(
        &|u| (u.name, u.class) = ("none".into(), Some(TableClass::Standard)),
        "ResourceNotFoundException: Requested resource not found: Table: none not found",
    );
    check_update(
        &|u| u.stream = Some(StreamSpec { enabled: false, view: None }),
        "ValidationException: Table has no stream to disable: TableName: tab",
    );
    check_update(
        &|u| u.indexes = vec![IndexUpdate::Delete("nix".into())],
        "ResourceNotFoundException: Requested resource not found: Index nix for table tab",
    );
    check_update(
        &|u| u.indexes = vec![IndexUpdate::Create(index("global glo x:S ALL"))],
        "ValidationException: Attempting to create an index which already exists",
    );
    check_update(
        &|u| u.indexes = vec![IndexUpdate::Create(index("global new y:S ALL"))],
        "ValidationException: One or more parameter values were invalid: AttributeDefinitions is \
         not specified for index: new",
    );
    check_update(
        &|u| {
            u.indexes = vec![
                IndexUpdate::Create(index("global new x:S ALL")),
                IndexUpdate::Delete("glo".into()),
            ];
        },
        "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or \
         deleted simultaneously per table",
    );
    check_update(
        &|u| {
            u.billing = Some(BillingMode::Provisioned);
            u.throughput = Some(UNITS);
        },
        "ValidationException: One or more parameter values were invalid: ProvisionedThroughput \
         must be specified for index: glo",
    );
    check_update(
        &|u| u.billing = Some(BillingMode::Provisioned),
        "ValidationException: One or more parameter values were invalid: ProvisionedThroughput \
         must be specified when BillingMode is PROVISIONED",
    );
}

#[test]
fn an_update_changes_one_thing() {
    let only = |what: &str| {
        format!(
            "ValidationException: One or more parameter values were invalid: {what} modification \
             must be the only operation in the request"
        )
    };
    check_update(
        &|u| (u.class, u.deletion_protection) = (Some(TableClass::Standard), Some(true)),
        &only("TableClass"),
    );
    check_update(
        &|u| {
            u.deletion_protection = Some(true);
            u.indexes = vec![IndexUpdate::Delete("glo".into())];
        },
        &only("DeletionProtection"),
    );
    check_update(
        &|u| {
            u.stream = Some(StreamSpec { enabled: true, view: Some(StreamView::KeysOnly) });
            u.indexes = vec![IndexUpdate::Delete("glo".into())];
        },
        "ValidationException: One or more parameter values were invalid: You cannot create or \
         delete index while changing stream status",
    );
}

#[test]
fn an_index_is_filled_in_lab_time() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    let row = |id: &str, x: Value| json!({"id": {"S": id}, "x": x});
    for (id, x) in [("a", json!({"S": "1"})), ("b", json!({"N": "1"})), ("c", json!({"S": "2"}))] {
        lab.write(&put("tab", row(id, x)), ReturnValues::None).unwrap();
    }
    let index = spec("tab", "id:S", &["global glo x:S ALL"]).globals.unwrap().remove(0);
    let update = TableUpdate {
        name: "tab".into(),
        attributes: vec![("x".into(), ScalarType::S)],
        indexes: vec![IndexUpdate::Create(index)],
        ..TableUpdate::default()
    };
    lab.run(|state, cx| state.update_table(cx, &update)).unwrap();
    let shown = |lab: &Lab| {
        let table = lab.table("tab");
        (table.status, table.indexes[0].status, table.indexes[0].backfilling)
    };
    assert_eq!(shown(&lab), (Status::Updating, Status::Creating, Some(false)));
    // What would not fit the index is refused from its beginning on.
    let wrong = lab.write(&put("tab", row("d", json!({"N": "1"}))), ReturnValues::None);
    assert_eq!(
        wrong.unwrap_err().error().message,
        "One or more parameter values were invalid: Type mismatch for Index Key x Expected: S \
         Actual: N IndexName: glo"
    );
    lab.write(&put("tab", row("e", json!({"S": "3"}))), ReturnValues::None).unwrap();
    let remove = |lab: &mut Lab| {
        let update = TableUpdate {
            name: "tab".into(),
            indexes: vec![IndexUpdate::Delete("glo".into())],
            ..TableUpdate::default()
        };
        lab.run(|state, cx| state.update_table(cx, &update)).map_err(|error| said(&error))
    };
    assert_eq!(
        remove(&mut lab).unwrap_err(),
        "ResourceInUseException: Attempt to change a resource which is still in use: Index \
         creation is in resource allocation phase. Retry deletion during backfilling phase or when \
         the index is active. Table: tab Index: glo"
    );
    lab.pass(40);
    assert_eq!(shown(&lab), (Status::Active, Status::Creating, Some(true)));
    let busy = lab.run(|state, cx| state.delete_table(cx, "tab")).unwrap_err();
    assert!(
        busy.message
            .ends_with("Cannot delete table while indexes are being created, updated, or deleted.")
    );
    let early = lab.state.query_key(&lab.place, "tab", Some("glo")).unwrap_err();
    assert_eq!(early.message, "Cannot read from backfilling global secondary index: glo");
    lab.pass(7 * 60);
    assert_eq!(shown(&lab), (Status::Active, Status::Active, None));
    let rows =
        |lab: &Lab| lab.state.region(&lab.place).unwrap().tables["tab"].indexes["glo"].rows.len();
    assert_eq!(rows(&lab), 3, "the one of another type is not in it");
    remove(&mut lab).unwrap();
    lab.pass(5);
    let table = lab.table("tab");
    assert_eq!((table.indexes.len(), table.attributes.len()), (0, 1));
}

#[test]
fn counts_are_those_of_every_sixth_hour() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    let shown = |lab: &Lab| (lab.table("tab").items, lab.table("tab").bytes);
    lab.write(&put("tab", json!({"id": {"S": "a"}})), ReturnValues::None).unwrap();
    assert_eq!(shown(&lab), (0, 0));
    lab.pass(6 * 3600);
    assert_eq!(shown(&lab), (1, 3));
    lab.write(&put("tab", json!({"id": {"S": "b"}})), ReturnValues::None).unwrap();
    assert_eq!(shown(&lab), (1, 3));
    lab.pass(6 * 3600);
    assert_eq!(shown(&lab), (2, 6));
}

#[test]
fn tables_are_listed_by_page() {
    let mut lab = Lab::new();
    for n in 0..5 {
        lab.create(&spec(&format!("tab{n}"), "id:S", &[])).unwrap();
    }
    let check = |after: Option<&str>, limit: usize, expect: &[&str], last: Option<&str>| {
        let (names, end) = lab.state.list_tables(&lab.place, after, Some(limit)).unwrap();
        assert_eq!((names, end.as_deref()), (expect.iter().map(|n| (*n).into()).collect(), last));
    };
    check(None, 2, &["tab0", "tab1"], Some("tab1"));
    check(Some("tab1"), 3, &["tab2", "tab3", "tab4"], None);
    check(Some("tab9"), 3, &[], None);
    assert!(lab.state.list_tables(&lab.place, None, Some(101)).is_err());
    let elsewhere = Place { region: "eu-west-1".into(), ..lab.place.clone() };
    assert_eq!(lab.state.list_tables(&elsewhere, None, None).unwrap().0.len(), 0);
}

#[test]
fn tags_are_kept_by_arn() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    let (arn, place) = (lab.table("tab").arn, lab.place.clone());
    let tags: Vec<_> = (10..22).map(|n| (format!("k{n}"), "v".to_owned())).collect();
    lab.state.tag(&place, &arn, &tags).unwrap();
    let (page, next) = lab.state.tags(&place, &arn, None).unwrap();
    assert_eq!((page.len(), next.as_deref()), (10, Some("k19")));
    let (page, next) = lab.state.tags(&place, &arn, next.as_deref()).unwrap();
    assert_eq!((page.len(), next), (2, None));
    lab.state.untag(&place, &arn, &["k10".into()]).unwrap();
    assert_eq!(lab.state.tags(&place, &arn, None).unwrap().0.keys().next().unwrap(), "k11");
    let many: Vec<_> = (0..40).map(|n| (format!("m{n}"), String::new())).collect();
    let error = lab.state.tag(&place, &arn, &many).unwrap_err();
    assert_eq!(
        error.message,
        "Number of Tags exceed the current limit for the provided ResourceArn"
    );
    let error = lab.state.tag(&place, &format!("{arn}x"), &many).unwrap_err();
    assert_eq!(
        said(&error),
        format!(
            "ResourceNotFoundException: Requested resource not found: ResourceArn: {arn}x not found"
        )
    );
}

#[test]
fn an_index_that_is_given_up_does_not_come_back() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    let update = |lab: &mut Lab, index: IndexUpdate| {
        let update = TableUpdate {
            name: "tab".into(),
            attributes: vec![("x".into(), ScalarType::S)],
            indexes: vec![index],
            ..TableUpdate::default()
        };
        lab.run(|state, cx| state.update_table(cx, &update)).unwrap();
    };
    let index = || spec("tab", "id:S", &["global glo x:S ALL"]).globals.unwrap().remove(0);
    update(&mut lab, IndexUpdate::Create(index()));
    lab.pass(60);
    update(&mut lab, IndexUpdate::Delete("glo".into()));
    lab.pass(10);
    update(&mut lab, IndexUpdate::Create(index()));
    // The first one would have been ready here.
    lab.pass(400);
    assert_eq!(lab.table("tab").indexes[0].status, Status::Creating);
    lab.pass(60);
    assert_eq!(lab.table("tab").indexes[0].status, Status::Active);
}

#[test]
fn settings_have_their_pace() {
    let mut lab = Lab::with(&spec("tab", "id:S", &[]));
    let update = |lab: &mut Lab, change: &dyn Fn(&mut TableUpdate)| {
        let mut update = TableUpdate { name: "tab".into(), ..TableUpdate::default() };
        change(&mut update);
        lab.run(|state, cx| state.update_table(cx, &update)).map_err(|error| said(&error))
    };
    let protect = |on: bool| move |u: &mut TableUpdate| u.deletion_protection = Some(on);
    update(&mut lab, &protect(true)).unwrap();
    update(&mut lab, &protect(true)).unwrap();
    assert_eq!(
        update(&mut lab, &protect(false)).unwrap_err(),
        format!(
            "ThrottlingException: Deletion protection setting for table tab modified within the \
             previous 15000 milliseconds. Please try again after {}Z",
            label(lab.now.plus(Duration::from_secs(15)))
        )
    );
    lab.pass(15);
    update(&mut lab, &protect(false)).unwrap();
    let class = |class: TableClass| move |u: &mut TableUpdate| u.class = Some(class);
    for one in [TableClass::StandardInfrequentAccess, TableClass::Standard] {
        update(&mut lab, &class(one)).unwrap();
        lab.pass(5);
        assert_eq!(lab.table("tab").class.map(|(class, _)| class), Some(one));
    }
    assert_eq!(
        update(&mut lab, &class(TableClass::StandardInfrequentAccess)).unwrap_err(),
        "LimitExceededException: Subscriber limit exceeded: Updates to TableClass are limited to 2 \
         times in 30 day(s)."
    );
    let encrypt = |u: &mut TableUpdate| u.encryption = Some(EncryptionSpec::default());
    update(&mut lab, &encrypt).unwrap();
    assert_eq!(lab.table("tab").status, Status::Active);
    assert_eq!(
        update(&mut lab, &encrypt).unwrap_err(),
        "ResourceInUseException: Attempt to change a resource which is still in use: Server-Side \
         Encryption is still being updated"
    );
    lab.pass(22);
    update(&mut lab, &encrypt).unwrap();
}

#[test]
fn an_account_provisions_so_much() {
    let mut lab = Lab::new();
    let create = |lab: &mut Lab, name: &str, read: u64| {
        let throughput = Some(Throughput { read, write: 1 });
        let spec = TableSpec { billing: None, throughput, ..spec(name, "id:S", &[]) };
        lab.create(&spec).map(drop).map_err(|error| said(&error))
    };
    let above = create(&mut lab, "tab", 40_001).unwrap_err();
    assert!(above.starts_with(
        "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per table \
         maximum for the account in us-east-1. Per table maximum: 40000."
    ));
    create(&mut lab, "tab0", 40_000).unwrap();
    create(&mut lab, "tab1", 40_000).unwrap();
    let full = create(&mut lab, "tab2", 1).unwrap_err();
    assert!(full.starts_with(
        "LimitExceededException: This request would have caused the ReadCapacityUnits limit to be \
         exceeded for the account in us-east-1. Current ReadCapacityUnits reserved by the account: \
         80000. Limit: 80000. Requested: 1."
    ));
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let mut lab = Lab::new();
    let before = hash_of(&lab.state);
    let throughput = Some(Throughput { read: 50_000, write: 1 });
    let large = TableSpec { billing: None, throughput, ..spec("tab", "id:S", &[]) };
    assert!(lab.create(&large).is_err());
    assert!(lab.run(|state, cx| state.delete_table(cx, "tab")).is_err());
    let deletion_protection = Some(true);
    let update = TableUpdate { name: "tab".into(), deletion_protection, ..TableUpdate::default() };
    assert!(lab.run(|state, cx| state.update_table(cx, &update)).is_err());
    assert!(lab.run(|state, cx| state.create_backup(cx, "tab", "one")).is_err());
    assert!(lab.run(|state, cx| state.update_time_to_live(cx, "tab", true, "x")).is_err());
    assert!(lab.write(&put("tab", json!({"id": {"S": "a"}})), ReturnValues::None).is_err());
    let writes = [put("tab", json!({"id": {"S": "a"}}))];
    assert!(lab.run(|state, cx| state.transact_write(cx, &writes, None)).is_err());
    assert_eq!(hash_of(&lab.state), before);
    assert!(lab.queue.is_empty());
}
