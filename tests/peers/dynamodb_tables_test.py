"""DynamoDB as boto3 sees it: tables: made, described, listed, changed, deleted."""

import pytest

from conftest import PEER, unique
from dynamodb_kit import (
    INVALID,
    ON_DEMAND,
    await_table,
    await_that,
    definitions,
    index,
    keys,
    not_moto,
    refused,
)


def test_a_table_is_made_described_listed_and_deleted(db):
    name = unique("life")
    made = db.create_table(
        TableName=name,
        AttributeDefinitions=definitions("id:S n:N"),
        KeySchema=keys("id", "n"),
        ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 2},
        TableClass="STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled=True,
        Tags=[{"Key": "team", "Value": "blue"}],
    )["TableDescription"]
    assert made["TableName"] == name
    assert made["TableArn"].endswith(f":table/{name}")
    assert made["KeySchema"] == keys("id", "n")
    if PEER != "moto":  # whose tables are ready at once
        assert made["TableStatus"] == "CREATING"
        busy = refused(lambda: db.delete_table(TableName=name), "ResourceInUseException")
        assert busy.endswith(f"Table is being created: {name}")
    await_table(db, name)
    got = db.describe_table(TableName=name)["Table"]
    assert got["TableStatus"] == "ACTIVE"
    assert sorted(got["AttributeDefinitions"], key=str) == sorted(definitions("id:S n:N"), key=str)
    units = got["ProvisionedThroughput"]
    assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (3, 2)
    assert units["NumberOfDecreasesToday"] == 0
    assert (got["ItemCount"], got["TableSizeBytes"]) == (0, 0)
    if PEER != "moto":  # which shows neither
        assert len(got["TableId"]) == 36
        assert got["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert got["DeletionProtectionEnabled"] is True
    assert name in [n for p in db.get_paginator("list_tables").paginate() for n in p["TableNames"]]
    protected = refused(lambda: db.delete_table(TableName=name))
    if PEER != "moto":  # which says it in other words
        assert "protected against deletion" in protected
    db.update_table(TableName=name, DeletionProtectionEnabled=False)
    await_table(db, name)
    assert db.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"] is False
    db.delete_table(TableName=name)
    await_table(db, name, "table_not_exists")
    gone = refused(lambda: db.describe_table(TableName=name), "ResourceNotFoundException")
    assert gone == f"Requested resource not found: Table: {name} not found"


def test_a_table_has_one_name(db, one):
    again = lambda: db.create_table(
        TableName=one, AttributeDefinitions=definitions("id:S"), KeySchema=keys("id"), **ON_DEMAND
    )
    assert refused(again, "ResourceInUseException") == f"Table already exists: {one}"


def test_an_arn_is_as_good_as_a_name(db, one):
    arn = db.describe_table(TableName=one)["Table"]["TableArn"]
    db.put_item(TableName=arn, Item={"id": {"S": "by-arn"}})
    assert db.get_item(TableName=one, Key={"id": {"S": "by-arn"}})["Item"] == {"id": {"S": "by-arn"}}


def test_a_table_on_demand_says_so(db, one):
    got = db.describe_table(TableName=one)["Table"]
    assert got["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert got["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert "GlobalSecondaryIndexes" not in got or PEER == "moto"  # which shows an empty list
    assert "StreamSpecification" not in got


def test_indexes_are_described(db, pair):
    got = db.describe_table(TableName=pair)["Table"]
    locals_ = {i["IndexName"]: i for i in got["LocalSecondaryIndexes"]}
    assert sorted(locals_) == ["by-weight", "by-word"]
    assert locals_["by-word"]["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["extra"],
    }
    globals_ = {i["IndexName"]: i for i in got["GlobalSecondaryIndexes"]}
    assert sorted(globals_) == ["by-owner", "marked", "some"]
    assert {i["IndexStatus"] for i in globals_.values()} == {"ACTIVE"}
    assert globals_["by-owner"]["KeySchema"] == keys("owner", "sk")
    if PEER != "moto":  # which shows none
        assert globals_["by-owner"]["IndexArn"].endswith(f":table/{pair}/index/by-owner")


@not_moto("it lists tables in the order of their making")
def test_tables_are_listed_in_pages(db, tables):
    ours = sorted(tables.values())
    everything = db.list_tables()["TableNames"]
    assert everything == sorted(everything)
    assert set(ours) <= set(everything)
    first = db.list_tables(Limit=2)
    assert first["TableNames"] == everything[:2]
    assert first["LastEvaluatedTableName"] == everything[1]
    second = db.list_tables(Limit=1, ExclusiveStartTableName=everything[1])
    assert second["TableNames"] == everything[2:3]


def table_case(message, moto=None, **change):
    """A definition that is refused: what differs from a good one."""
    marks = [not_moto(moto)] if moto else []
    return pytest.param(change, message, marks=marks, id=message[-60:])


NO_UNITS = {"BillingMode": "PROVISIONED"}


@not_moto("it checks little of a definition, and says it in other words")
@pytest.mark.parametrize(
    "change, message",
    [
        table_case(
            "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3",
            TableName="ab",
        ),
        table_case(
            "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
            TableName="a b c",
        ),
        table_case(
            INVALID + "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
            "BillingMode is PROVISIONED",
            BillingMode="PROVISIONED",
        ),
        table_case(
            INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
            "BillingMode is PAY_PER_REQUEST",
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        ),
        table_case(
            INVALID + "Number of attributes in KeySchema does not exactly match number of "
            "attributes defined in AttributeDefinitions",
            AttributeDefinitions=definitions("id:S other:S"),
        ),
        table_case(
            INVALID + "Some index key attributes are not defined in AttributeDefinitions. "
            "Keys: [id], AttributeDefinitions: [x]",
            AttributeDefinitions=definitions("x:S"),
        ),
        table_case(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
            KeySchema=[{"AttributeName": "id", "KeyType": "RANGE"}],
        ),
        table_case(
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
            AttributeDefinitions=definitions("id:S b:S"),
            KeySchema=keys("id") + keys("b"),
        ),
        table_case(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name",
            KeySchema=keys("id", "id"),
            AttributeDefinitions=definitions("id:S b:S"),
        ),
        table_case(
            INVALID + "Table KeySchema does not have a range key, which is required when "
            "specifying a LocalSecondaryIndex",
            AttributeDefinitions=definitions("id:S b:S"),
            LocalSecondaryIndexes=[index("loc", "id", "b")],
        ),
        table_case(INVALID + "List of GlobalSecondaryIndexes is empty", GlobalSecondaryIndexes=[]),
        table_case(
            INVALID + "Duplicate index name: glo",
            AttributeDefinitions=definitions("id:S b:S"),
            GlobalSecondaryIndexes=[index("glo", "b"), index("glo", "b")],
        ),
        table_case(
            INVALID + "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
            AttributeDefinitions=definitions("id:S b:S"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "glo",
                    "KeySchema": keys("b"),
                    "Projection": {"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["x"]},
                }
            ],
        ),
        table_case(
            INVALID + "Some AttributeDefinitions are not used. AttributeDefinitions: [id, b, c], "
            "keys used: [b, id]",
            AttributeDefinitions=definitions("id:S b:S c:S"),
            GlobalSecondaryIndexes=[index("glo", "b")],
        ),
        table_case(
            INVALID + "ProvisionedThroughput is not specified for index: glo",
            AttributeDefinitions=definitions("id:S b:S"),
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            GlobalSecondaryIndexes=[index("glo", "b")],
        ),
        table_case(
            "1 validation error detected: Value 'X' at "
            "'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member "
            "must satisfy enum value set: [B, N, S]",
            AttributeDefinitions=definitions("id:X"),
        ),
        table_case(
            "1 validation error detected: Value 'FREE' at 'billingMode' failed to satisfy "
            "constraint: Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]",
            BillingMode="FREE",
        ),
    ],
)
def test_a_bad_definition_is_refused(loose, change, message):
    request = {
        "TableName": unique("bad"),
        "AttributeDefinitions": definitions("id:S"),
        "KeySchema": keys("id"),
        **ON_DEMAND,
        **change,
    }
    assert refused(lambda: loose.create_table(**request)) == message


def test_capacity_is_changed(db, pass_time):
    name = unique("units")
    units = lambda r, w: {"ReadCapacityUnits": r, "WriteCapacityUnits": w}
    db.create_table(
        TableName=name,
        AttributeDefinitions=definitions("id:S"),
        KeySchema=keys("id"),
        ProvisionedThroughput=units(5, 5),
    )
    await_table(db, name)
    db.update_table(TableName=name, ProvisionedThroughput=units(7, 5))
    await_table(db, name)
    got = db.describe_table(TableName=name)["Table"]["ProvisionedThroughput"]
    assert (got["ReadCapacityUnits"], got["WriteCapacityUnits"]) == (7, 5)
    assert "LastIncreaseDateTime" in got or PEER == "moto"
    same = lambda: db.update_table(TableName=name, ProvisionedThroughput=units(7, 5))
    if PEER != "moto":  # which takes the same again
        assert refused(same).startswith(
            "The provisioned throughput for the table will not change. The requested value equals "
            "the current value."
        )
    db.update_table(TableName=name, **ON_DEMAND)
    pass_time("+2m")
    await_table(db, name)
    got = db.describe_table(TableName=name)["Table"]
    assert got["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    db.delete_table(TableName=name)


def test_a_global_index_is_made_and_filled_and_deleted(db, pass_time):
    name = unique("later")
    db.create_table(
        TableName=name, AttributeDefinitions=definitions("id:S"), KeySchema=keys("id"), **ON_DEMAND
    )
    await_table(db, name)
    for n in range(7):
        more = {"colour": {"S": "red"}} if n % 2 else {}
        db.put_item(TableName=name, Item={"id": {"S": str(n)}, **more})
    create = {"Create": index("by-colour", "colour")}
    db.update_table(
        TableName=name,
        AttributeDefinitions=definitions("colour:S"),
        GlobalSecondaryIndexUpdates=[create],
    )
    status = lambda: db.describe_table(TableName=name)["Table"].get("GlobalSecondaryIndexes", [])
    if PEER != "moto":  # whose indexes are ready at once
        assert [i["IndexStatus"] for i in status()] == ["CREATING"]
    pass_time("+10m")
    await_that(lambda: [i["IndexStatus"] for i in status()] == ["ACTIVE"])
    got = db.scan(TableName=name, IndexName="by-colour")
    assert sorted(i["id"]["S"] for i in got["Items"]) == ["1", "3", "5"]
    db.put_item(TableName=name, Item={"id": {"S": "8"}, "colour": {"S": "red"}})
    red = dict(
        TableName=name,
        IndexName="by-colour",
        KeyConditionExpression="colour = :c",
        ExpressionAttributeValues={":c": {"S": "red"}},
    )
    assert db.query(**red)["Count"] == 4
    delete = {"Delete": {"IndexName": "by-colour"}}
    db.update_table(TableName=name, GlobalSecondaryIndexUpdates=[delete])
    await_that(lambda: not status())
    if PEER != "moto":  # which says ResourceNotFoundException
        none = refused(lambda: db.query(**red))
        assert none == "The table does not have the specified index: by-colour"
    db.delete_table(TableName=name)


@not_moto("its quotas are older")
def test_limits_and_endpoints_are_told(db):
    got = db.describe_limits()
    assert got["AccountMaxReadCapacityUnits"] == 80000
    assert got["TableMaxWriteCapacityUnits"] == 40000
    assert db.describe_endpoints()["Endpoints"][0]["CachePeriodInMinutes"] == 1440
