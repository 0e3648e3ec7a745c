"""DynamoDB as boto3 sees it: queries, indexes and scans."""

import pytest

from conftest import PEER
from dynamodb_kit import INVALID, key, not_moto, put, query, refused


def numbers(answer, name="sk"):
    return [int(item[name]["N"]) for item in answer["Items"]]


@pytest.mark.parametrize(
    "condition, values, found",
    [
        ("pk = :p", {}, range(10)),
        pytest.param(":p = pk", {}, range(10), marks=not_moto("it wants the name first")),
        ("(pk = :p)", {}, range(10)),
        ("pk = :p AND sk = :a", {":a": 4}, [4]),
        ("pk = :p AND sk < :a", {":a": 3}, [0, 1, 2]),
        ("pk = :p AND sk <= :a", {":a": 3}, [0, 1, 2, 3]),
        ("pk = :p AND sk > :a", {":a": 7}, [8, 9]),
        ("pk = :p AND sk >= :a", {":a": 7}, [7, 8, 9]),
        ("pk = :p AND sk BETWEEN :a AND :b", {":a": 3, ":b": 5}, [3, 4, 5]),
        ("sk = :a AND pk = :p", {":a": 2}, [2]),
        ("(pk = :p) AND (sk > :a)", {":a": 8}, [9]),
        ("pk = :p AND sk = :a", {":a": 44}, []),
    ],
)
def test_a_query(db, pair, partition, condition, values, found):
    got = query(db, pair, condition, values=values)
    assert numbers(got) == list(found)
    assert (got["Count"], got["ScannedCount"]) == (len(found), len(found))


@not_moto("it takes some, and ends with 500 at others")
@pytest.mark.parametrize(
    "condition, values, message",
    [
        ("sk = :p", {}, "Query condition missed key schema element: pk"),
        ("pk = :p AND spare = :a", {":a": 1}, "Query condition missed key schema element: sk"),
        ("pk > :p", {}, "Query key condition not supported"),
        ("pk = :p AND sk <> :a", {":a": 1}, "Invalid operator used in KeyConditionExpression: <>"),
        ("pk = :p OR sk = :a", {":a": 1}, "Invalid operator used in KeyConditionExpression: OR"),
        ("NOT pk = :p", {}, "Invalid operator used in KeyConditionExpression: NOT"),
        (
            "pk = :p AND attribute_exists(sk)",
            {},
            "Invalid operator used in KeyConditionExpression: attribute_exists",
        ),
        ("pk = :p AND sk IN (:a)", {":a": 1}, "Invalid operator used in KeyConditionExpression: IN"),
        (
            "pk = :p AND sk > :a AND sk < :b",
            {":a": 1, ":b": 2},
            "KeyConditionExpressions must only contain one condition per key",
        ),
        (
            "pk = :p AND sk = :a",
            {":a": "text"},
            INVALID + "Condition parameter type does not match schema type",
        ),
        (
            "pk = :p AND begins_with(sk, :a)",
            {":a": 1},
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N",
        ),
        ("", {}, "Invalid KeyConditionExpression: The expression can not be empty;"),
    ],
)
def test_a_bad_key_condition_is_refused(db, pair, condition, values, message):
    got = refused(lambda: query(db, pair, condition, values=values))
    assert got == message


@not_moto("it says it in other words")
def test_a_query_needs_a_condition(db, loose, pair):
    assert refused(lambda: loose.query(TableName=pair)) == (
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
    )


def test_text_keys_are_ordered_by_bytes(db, tables):
    text = tables["text"]
    words = ["", "A", "B", "a", "ab", "b", "ä", "€", "𝄞"][1:]
    for word in reversed(words):
        put(db, text, pk="part", sk=word)
    order = lambda **more: [i["sk"]["S"] for i in query(db, text, **more)["Items"]]
    assert order(condition="pk = :p") == words
    assert order(condition="pk = :p", ScanIndexForward=False) == words[::-1]
    assert order(condition="pk = :p AND begins_with(sk, :a)", values={":a": "a"}) == ["a", "ab"]
    assert order(condition="pk = :p AND sk > :a", values={":a": "b"}) == ["ä", "€", "𝄞"]


def test_number_keys_are_ordered_by_value(db, tables):
    table = tables["bin"]
    values = ["-1e125", "-10", "-9.5", "-1e-130", "0", "1e-130", "0.5", "2", "10", "1e125"]
    for value in reversed(values):
        db.put_item(TableName=table, Item={"id": {"B": b"\x00\x01"}, "at": {"N": value}, "w": {"S": value}})
    got = db.query(
        TableName=table,
        KeyConditionExpression="id = :i",
        ExpressionAttributeValues={":i": {"B": b"\x00\x01"}},
    )
    assert [item["w"]["S"] for item in got["Items"]] == values


def test_a_query_is_read_in_pages(db, pair, partition):
    first = query(db, pair, "pk = :p", Limit=4)
    assert numbers(first) == [0, 1, 2, 3]
    assert first["LastEvaluatedKey"] == {"pk": {"S": "part"}, "sk": {"N": "3"}}
    second = query(db, pair, "pk = :p", Limit=4, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert numbers(second) == [4, 5, 6, 7]
    last = query(db, pair, "pk = :p", Limit=4, ExclusiveStartKey=second["LastEvaluatedKey"])
    assert numbers(last) == [8, 9]
    assert "LastEvaluatedKey" not in last
    back = query(
        db, pair, "pk = :p", ScanIndexForward=False, Limit=2, ExclusiveStartKey=first["LastEvaluatedKey"]
    )
    assert numbers(back) == [2, 1]
    pages = db.get_paginator("query").paginate(
        TableName=pair,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "part"}},
        PaginationConfig={"PageSize": 3},
    )
    assert [numbers(page) for page in pages] == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]


@not_moto("it looks whether there is more")
def test_a_page_that_is_full_has_a_next_one(db, pair, partition):
    exact = query(db, pair, "pk = :p", Limit=10)
    assert exact["LastEvaluatedKey"]["sk"] == {"N": "9"}
    none = query(db, pair, "pk = :p", ExclusiveStartKey=exact["LastEvaluatedKey"])
    assert (none["Count"], "LastEvaluatedKey" in none) == (0, False)


def test_a_filter_is_applied_after_the_limit(db, pair, partition):
    got = query(db, pair, "pk = :p", FilterExpression="word = :w", values={":w": "odd"}, Limit=4)
    assert (numbers(got), got["Count"], got["ScannedCount"]) == ([1, 3], 2, 4)
    if PEER == "moto":  # which filters by keys too
        return
    keyed = lambda: query(db, pair, "pk = :p", FilterExpression="sk > :a", values={":a": 1})
    assert refused(keyed) == (
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
    )


def test_only_the_count(db, pair, partition):
    got = query(db, pair, "pk = :p", Select="COUNT")
    assert (got["Count"], got["ScannedCount"], "Items" in got) == (10, 10, False)
    got = query(db, pair, "pk = :p", Select="SPECIFIC_ATTRIBUTES", ProjectionExpression="spare")
    assert got["Items"][0] == {"spare": {"N": "0"}}


@not_moto("it does not look at Select")
def test_a_select_that_does_not_fit(db, pair, partition):
    select = lambda **more: refused(lambda: query(db, pair, "pk = :p", **more))
    assert select(Select="SPECIFIC_ATTRIBUTES") == (
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
        "SPECIFIC_ATTRIBUTES"
    )
    assert select(Select="ALL_PROJECTED_ATTRIBUTES") == (
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
    )
    assert select(Select="COUNT", ProjectionExpression="spare") == (
        "Cannot specify the ProjectionExpression when choosing to get only the Count"
    )
    assert select(Select="ALL_ATTRIBUTES", ProjectionExpression="spare") == (
        "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"
    )


@not_moto("it takes any beginning")
def test_a_page_that_begins_nowhere(db, loose, pair, partition):
    start = lambda key, **more: refused(
        lambda: query(loose, pair, "pk = :p", ExclusiveStartKey=key, **more)
    )
    assert start({"pk": {"S": "part"}}) == "The provided starting key is invalid"
    assert start({"pk": {"S": "spare"}, "sk": {"N": "1"}}) == (
        "The provided starting key is outside query boundaries based on provided conditions"
    )
    assert refused(lambda: query(loose, pair, "pk = :p", Limit=0)) == (
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
        "must have value greater than or equal to 1"
    )


def test_a_local_index(db, pair, partition):
    got = query(db, pair, "pk = :p AND weight < :s", IndexName="by-weight", values={":s": 93})
    assert numbers(got, "weight") == [91, 92]
    assert set(got["Items"][0]) == {"pk", "sk", "weight"}
    words = query(db, pair, "pk = :p AND word = :w", IndexName="by-word", values={":w": "odd"})
    assert numbers(words) == [1, 3, 5, 7, 9]
    assert set(words["Items"][0]) == {"pk", "sk", "word", "extra"}
    consistent = query(db, pair, "pk = :p", IndexName="by-weight", ConsistentRead=True, Limit=1)
    assert consistent["LastEvaluatedKey"] == {"pk": {"S": "part"}, "sk": {"N": "9"}, "weight": {"N": "91"}}


@not_moto("it shows only what the index has")
def test_a_local_index_fetches_the_rest(db, pair, partition):
    whole = query(db, pair, "pk = :p", IndexName="by-weight", Select="ALL_ATTRIBUTES")["Items"]
    assert whole[0]["spare"] == {"N": "9"}
    some = query(db, pair, "pk = :p", IndexName="by-weight", ProjectionExpression="spare")["Items"]
    assert some[0] == {"spare": {"N": "9"}}


def test_a_global_index(db, pair, partition):
    of = lambda name, owner, **more: db.query(
        TableName=pair,
        IndexName=name,
        KeyConditionExpression="#o = :o",
        ExpressionAttributeNames={"#o": "owner"},
        ExpressionAttributeValues={":o": {"S": owner}},
        **more,
    )
    assert numbers(of("by-owner", "o0")) == [0, 3, 6, 9]
    assert numbers(of("by-owner", "o1", ScanIndexForward=False)) == [7, 4, 1]
    assert set(of("by-owner", "o0")["Items"][0]) == {
        "pk", "sk", "weight", "word", "owner", "extra", "spare", "mark",
    }  # fmt: skip
    assert set(of("some", "o0")["Items"][0]) == {"pk", "sk", "owner", "extra"}
    page = of("by-owner", "o0", Limit=2)
    assert page["LastEvaluatedKey"] == {"pk": {"S": "part"}, "sk": {"N": "3"}, "owner": {"S": "o0"}}
    assert numbers(of("by-owner", "o0", ExclusiveStartKey=page["LastEvaluatedKey"])) == [6, 9]
    consistent = lambda: of("by-owner", "o0", ConsistentRead=True)
    assert refused(consistent) == "Consistent reads are not supported on global secondary indexes"


def test_a_sparse_index(db, pair, partition):
    marked = lambda: db.scan(TableName=pair, IndexName="marked")
    assert sorted(numbers(marked())) == [0, 5]
    assert set(marked()["Items"][0]) == {"pk", "sk", "mark"}
    where = dict(TableName=pair, Key={"pk": {"S": "part"}, "sk": {"N": "5"}})
    db.update_item(**where, UpdateExpression="REMOVE mark")
    assert numbers(marked()) == [0]
    db.update_item(
        **where, UpdateExpression="SET mark = :m", ExpressionAttributeValues={":m": {"S": "yes"}}
    )
    assert sorted(numbers(marked())) == [0, 5]


@not_moto("it reads the whole item through the index")
def test_what_a_global_index_has_not(db, pair, partition):
    some = dict(TableName=pair, IndexName="some")
    assert refused(lambda: db.scan(**some, Select="ALL_ATTRIBUTES")) == (
        INVALID + "Select type ALL_ATTRIBUTES is not supported for global secondary index some because "
        "its projection type is not ALL"
    )
    assert refused(lambda: db.scan(**some, ProjectionExpression="spare")) == (
        INVALID + "Global secondary index some does not project [spare]"
    )


@not_moto("it says ResourceNotFoundException")
def test_an_index_that_is_not_there(db, pair):
    none = lambda: query(db, pair, "pk = :p", IndexName="nowhere")
    assert refused(none) == "The table does not have the specified index: nowhere"


@pytest.fixture(scope="module")
def scanned(db, tables):
    for n in range(30):
        put(db, tables["scan"], id=f"id-{n}", n=n)
    return tables["scan"]


def test_a_scan(db, scanned):
    got = db.scan(TableName=scanned)
    assert (got["Count"], got["ScannedCount"], "LastEvaluatedKey" in got) == (30, 30, False)
    assert sorted(numbers(got, "n")) == list(range(30))
    some = db.scan(
        TableName=scanned,
        FilterExpression="n BETWEEN :a AND :b",
        ExpressionAttributeValues={":a": {"N": "3"}, ":b": {"N": "5"}},
        ProjectionExpression="n",
    )
    assert (sorted(numbers(some, "n")), some["ScannedCount"]) == ([3, 4, 5], 30)
    assert {tuple(item) for item in some["Items"]} == {("n",)}
    assert db.scan(TableName=scanned, Select="COUNT")["Count"] == 30
    least = {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "27"}]}
    assert sorted(numbers(db.scan(TableName=scanned, ScanFilter={"n": least}), "n")) == [27, 28, 29]


def test_a_scan_is_read_in_pages(db, scanned):
    whole = numbers(db.scan(TableName=scanned), "n")
    pages = list(
        db.get_paginator("scan").paginate(TableName=scanned, PaginationConfig={"PageSize": 7})
    )
    assert [n for page in pages for n in numbers(page, "n")] == whole
    assert [page["Count"] for page in pages] == [7, 7, 7, 7, 2]


def test_segments_are_all_of_the_table(db, scanned):
    parts = [db.scan(TableName=scanned, Segment=n, TotalSegments=4) for n in range(4)]
    found = [n for part in parts for n in numbers(part, "n")]
    assert sorted(found) == list(range(30))


@not_moto("it does not check segments so")
def test_a_segment_must_be_one(db, loose, scanned):
    scan = lambda **more: refused(lambda: loose.scan(TableName=scanned, **more))
    assert scan(Segment=0) == (
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present"
    )
    assert scan(TotalSegments=2) == (
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present"
    )
    assert scan(Segment=4, TotalSegments=4) == (
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: 4 is not less than TotalSegments: 4"
    )
    assert scan(Segment=0, TotalSegments=1_000_001) == (
        "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy "
        "constraint: Member must have value less than or equal to 1000000"
    )


@not_moto("it ends a page before the item that fills it")
def test_a_page_ends_with_a_megabyte(db, tables):
    table = tables["text"]
    for n in range(5):
        put(db, table, pk="part-large", sk=str(n), v="x" * 300_000)
    got = db.query(
        TableName=table,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "part-large"}},
    )
    assert [item["sk"]["S"] for item in got["Items"]] == ["0", "1", "2", "3"]
    assert got["LastEvaluatedKey"]["sk"] == {"S": "3"}
    for n in range(5):
        db.delete_item(TableName=table, Key={"pk": {"S": "part-large"}, "sk": {"S": str(n)}})
