"""DynamoDB as boto3 sees it: one item: its values, its key, what it costs."""

import pytest

from conftest import PEER
from dynamodb_kit import INVALID, ON_DEMAND, index, key, not_moto, refused


def test_an_item_is_put_read_replaced_and_deleted(db, one):
    where = dict(TableName=one, Key=key("life"))
    assert "Attributes" not in db.put_item(TableName=one, Item={**key("life"), "a": {"N": "1"}})
    assert db.get_item(**where)["Item"] == {**key("life"), "a": {"N": "1"}}
    old = db.put_item(TableName=one, Item={**key("life"), "b": {"N": "2"}}, ReturnValues="ALL_OLD")
    assert old["Attributes"] == {**key("life"), "a": {"N": "1"}}
    assert db.get_item(**where)["Item"] == {**key("life"), "b": {"N": "2"}}
    assert "Attributes" not in db.delete_item(TableName=one, Key=key("nobody"), ReturnValues="ALL_OLD")
    assert db.delete_item(**where, ReturnValues="ALL_OLD")["Attributes"]["b"] == {"N": "2"}
    assert "Item" not in db.get_item(**where)
    assert "Attributes" not in db.delete_item(**where)


@pytest.mark.parametrize(
    "value",
    [
        {"S": "text"},
        {"S": ""},
        {"S": "ä€𝄞\u0000"},
        {"N": "-12.5"},
        {"B": b"\x00\xff"},
        {"B": b""},
        {"BOOL": False},
        {"NULL": True},
        {"L": []},
        {"M": {}},
        {"L": [{"S": "a"}, {"L": [{"N": "1"}]}, {"M": {"k": {"NULL": True}}}]},
        pytest.param({"M": {"a.b": {"S": ""}, "": {"N": "1"}}}, marks=not_moto("it ends with 500")),
        {"SS": ["a"]},
        {"NS": ["1"]},
        {"BS": [b"\x01"]},
    ],
    ids=str,
)
def test_every_type_comes_back(db, one, value):
    db.put_item(TableName=one, Item={**key("types"), "v": value})
    assert db.get_item(TableName=one, Key=key("types"))["Item"]["v"] == value


def test_sets_are_sets(db, one):
    db.put_item(TableName=one, Item={**key("sets"), "s": {"SS": ["b", "a"]}, "n": {"NS": ["2", "1.0"]}})
    got = db.get_item(TableName=one, Key=key("sets"))["Item"]
    assert sorted(got["s"]["SS"]) == ["a", "b"]
    assert sorted(got["n"]["NS"]) == ["1", "2"] or PEER == "moto"  # which keeps 1.0


def value_case(value, message, moto=None):
    marks = [not_moto(moto)] if moto else []
    return pytest.param(value, message, marks=marks, id=str(value)[:40])


@not_moto("it checks few values")
@pytest.mark.parametrize(
    "value, message",
    [
        value_case({"N": ""}, "The parameter cannot be converted to a numeric value"),
        value_case({"N": "abc"}, "The parameter cannot be converted to a numeric value: abc"),
        value_case(
            {"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number"
        ),
        value_case(
            {"N": "1e126"},
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        value_case(
            {"N": "-1e126"},
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        value_case(
            {"N": "1e-131"},
            "Number underflow. Attempting to store a number with magnitude smaller than supported "
            "range",
        ),
        value_case({"SS": []}, INVALID + "An string set  may not be empty"),
        value_case({"NS": []}, INVALID + "An number set  may not be empty"),
        value_case({"BS": []}, INVALID + "Binary sets should not be empty"),
        value_case({"SS": ["a", "a"]}, INVALID + "Input collection [a, a] contains duplicates."),
        value_case({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        value_case({"NULL": False}, INVALID + "Null attribute value types must have the value of true"),
        value_case(
            {},
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        value_case(
            {"S": "a", "N": "1"},
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes",
        ),
    ],
)
def test_a_bad_value_is_refused(loose, one, value, message):
    assert refused(lambda: loose.put_item(TableName=one, Item={**key("bad"), "v": value})) == message


@not_moto("it keeps numbers as they were written")
@pytest.mark.parametrize(
    "given, kept",
    [
        ("1.0", "1"),
        ("-0", "0"),
        ("007", "7"),
        ("1e2", "100"),
        ("1E-2", "0.01"),
        ("+5", "5"),
        (".5", "0.5"),
        ("100", "100"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("9.9999999999999999999999999999999999999E+125", "99999999999999999999999999999999999999" + "0" * 88),
        ("1e-130", "0." + "0" * 129 + "1"),
    ],
)
def test_numbers_are_normalised(db, one, given, kept):
    db.put_item(TableName=one, Item={**key("number"), "n": {"N": given}})
    assert db.get_item(TableName=one, Key=key("number"))["Item"]["n"] == {"N": kept}


def test_a_number_is_a_key_however_it_is_written(db, tables):
    num = tables["num"]
    db.put_item(TableName=num, Item={"id": {"N": "10.0"}, "v": {"S": "ten"}})
    assert db.get_item(TableName=num, Key={"id": {"N": "1e1"}})["Item"]["v"] == {"S": "ten"}


@not_moto("it has no limit of nesting")
def test_items_may_be_deep_and_large_and_no_more(db, loose, one):
    def nested(levels):
        value = {"S": "x"}
        for _ in range(levels):
            value = {"M": {"k": value}}
        return value

    db.put_item(TableName=one, Item={**key("deep"), "v": nested(31)})
    deep = refused(lambda: loose.put_item(TableName=one, Item={**key("deep"), "v": nested(32)}))
    assert deep == (
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
        "beyond supported limit"
    )
    # 400 KB with the names of attributes: "id", "large" and "v".
    most = 400 * 1024 - len("id" + "large" + "v")
    db.put_item(TableName=one, Item={**key("large"), "v": {"S": "x" * most}})
    over = lambda: db.put_item(TableName=one, Item={**key("large"), "v": {"S": "x" * (most + 1)}})
    assert refused(over) == "Item size has exceeded the maximum allowed size"
    grow = lambda: db.update_item(
        TableName=one,
        Key=key("large"),
        UpdateExpression="SET w = :w",
        ExpressionAttributeValues={":w": {"S": "x"}},
    )
    assert refused(grow) == "Item size to update has exceeded the maximum allowed size"
    db.delete_item(TableName=one, Key=key("large"))


def key_case(table, given, message, moto=None):
    marks = [not_moto(moto)] if moto else []
    return pytest.param(table, given, message, marks=marks, id=f"{table} {str(given)[:40]}")


MISMATCH = "The provided key element does not match the schema"


@not_moto("it takes most of them, or says 'Validation Exception'")
@pytest.mark.parametrize(
    "table, given, message",
    [
        key_case("one", {}, MISMATCH),
        key_case("one", {"x": {"S": "a"}}, MISMATCH),
        key_case("one", {"id": {"N": "1"}}, MISMATCH),
        key_case("one", {"id": {"S": "a"}, "x": {"S": "a"}}, MISMATCH),
        key_case("pair", {"pk": {"S": "a"}}, MISMATCH),
        key_case(
            "one",
            {"id": {"S": ""}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: id",
        ),
        key_case(
            "bin",
            {"id": {"B": b""}, "at": {"N": "1"}},
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty binary value. Key: id",
        ),
        key_case(
            "one",
            {"id": {"S": "x" * 2049}},
            INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes",
        ),
        key_case(
            "text",
            {"pk": {"S": "a"}, "sk": {"S": "x" * 1025}},
            INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        ),
    ],
)
def test_a_bad_key_is_refused(loose, tables, table, given, message):
    assert refused(lambda: loose.get_item(TableName=tables[table], Key=given)) == message


@not_moto("it checks no index's key here")
def test_an_item_without_its_key_is_refused(db, one, pair):
    lacks = refused(lambda: db.put_item(TableName=one, Item={"x": {"S": "a"}}))
    assert lacks == INVALID + "Missing the key id in the item"
    wrong = refused(lambda: db.put_item(TableName=one, Item={"id": {"N": "1"}}))
    assert wrong == INVALID + "Type mismatch for key id expected: S actual: N"
    item = {"pk": {"S": "bad"}, "sk": {"N": "1"}, "owner": {"N": "1"}}
    wrong = refused(lambda: db.put_item(TableName=pair, Item=item))
    assert wrong == (
        INVALID + "Type mismatch for Index Key owner Expected: S Actual: N IndexName: by-owner"
    )


@not_moto("it names no table when it deletes")
def test_a_table_that_is_not_there(db):
    gone = "ResourceNotFoundException"
    missing = dict(TableName="no-such-table")
    assert refused(lambda: db.get_item(**missing, Key=key("a")), gone) == "Requested resource not found"
    assert refused(lambda: db.put_item(**missing, Item=key("a")), gone) == "Requested resource not found"
    assert refused(lambda: db.scan(**missing), gone) == "Requested resource not found"
    named = "Requested resource not found: Table: no-such-table not found"
    assert refused(lambda: db.describe_table(**missing), gone) == named
    assert refused(lambda: db.delete_table(**missing), gone) == named
    assert refused(lambda: db.update_table(**missing, **ON_DEMAND), gone) == named


def consumed(answer):
    """Units of the table, its local and its global indexes, where an answer tells them."""
    got = answer["ConsumedCapacity"]
    units = lambda of: {name: index["CapacityUnits"] for name, index in got.get(of, {}).items()}
    table = got.get("Table", {}).get("CapacityUnits")
    return got["CapacityUnits"], table, units("LocalSecondaryIndexes"), units("GlobalSecondaryIndexes")


@not_moto("it counts one unit for whatever is done")
def test_capacity_is_counted(db, one, pair):
    total = dict(TableName=one, ReturnConsumedCapacity="TOTAL")
    large = {**key("units"), "v": {"S": "x" * 5000}}
    assert consumed(db.put_item(**total, Item=large)) == (5, None, {}, {})
    assert consumed(db.put_item(**total, Item=key("units-small"))) == (1, None, {}, {})
    assert consumed(db.get_item(**total, Key=key("units"))) == (1, None, {}, {})
    assert consumed(db.get_item(**total, Key=key("units"), ConsistentRead=True)) == (2, None, {}, {})
    assert consumed(db.get_item(**total, Key=key("units-none"))) == (0.5, None, {}, {})
    assert consumed(db.delete_item(**total, Key=key("units"))) == (5, None, {}, {})
    assert consumed(db.delete_item(**total, Key=key("units"))) == (1, None, {}, {})
    assert "ConsumedCapacity" not in db.get_item(TableName=one, Key=key("units"))
    indexes = dict(TableName=pair, ReturnConsumedCapacity="INDEXES")
    item = {"pk": {"S": "units"}, "sk": {"N": "1"}, "weight": {"N": "3"}, "owner": {"S": "o"}}
    assert consumed(db.put_item(**indexes, Item=item)) == (
        4,
        1,
        {"by-weight": 1},
        {"by-owner": 1, "some": 1},
    )
    # An index key that changes is deleted in one place and put in another.
    item["weight"] = {"N": "4"}
    assert consumed(db.put_item(**indexes, Item=item))[:3] == (4, 1, {"by-weight": 2})
    read = dict(
        KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "units"}}
    )
    assert consumed(db.query(**indexes, **read)) == (0.5, 0.5, {}, {})
    assert consumed(db.query(**indexes, **read, IndexName="by-weight")) == (0.5, 0, {"by-weight": 0.5}, {})


@not_moto("it has no collections")
def test_collections_are_measured(db, one, pair):
    metrics = dict(ReturnItemCollectionMetrics="SIZE")
    item = {"pk": {"S": "collection"}, "sk": {"N": "1"}}
    got = db.put_item(TableName=pair, Item=item, **metrics)["ItemCollectionMetrics"]
    assert got == {"ItemCollectionKey": {"pk": {"S": "collection"}}, "SizeEstimateRangeGB": [0.0, 1.0]}
    assert "ItemCollectionMetrics" not in db.put_item(TableName=one, Item=key("c"), **metrics)
