"""DynamoDB as boto3 sees it: several items at once, boto3's resources, and what is not simulated."""

import decimal
from decimal import Decimal

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary
from botocore.exceptions import ClientError

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, client, unique
from dynamodb_kit import key, not_moto, plain, put, refused


@pytest.fixture(scope="module")
def resource():
    return boto3.resource(
        "dynamodb",
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )


def test_a_batch_is_written_and_read(db, one, pair):
    requests = {
        one: [{"PutRequest": {"Item": {**key(f"batch-{n}"), "n": {"N": str(n)}}}} for n in range(20)],
        pair: [{"PutRequest": {"Item": {"pk": {"S": "batch"}, "sk": {"N": "1"}}}}],
    }
    assert db.batch_write_item(RequestItems=requests)["UnprocessedItems"] == {}
    wanted = {
        one: {"Keys": [key(f"batch-{n}") for n in range(25)], "ProjectionExpression": "n"},
        pair: {"Keys": [{"pk": {"S": "batch"}, "sk": {"N": "1"}}], "ConsistentRead": True},
    }
    got = db.batch_get_item(RequestItems=wanted)
    assert sorted(int(item["n"]["N"]) for item in got["Responses"][one]) == list(range(20))
    assert got["Responses"][pair] == [{"pk": {"S": "batch"}, "sk": {"N": "1"}}]
    assert got["UnprocessedKeys"] == {}
    gone = [{"DeleteRequest": {"Key": key(f"batch-{n}")}} for n in range(20)]
    db.batch_write_item(RequestItems={one: gone})
    assert db.batch_get_item(RequestItems={one: {"Keys": [key("batch-1")]}})["Responses"][one] == []


@not_moto("it has no limit of 16 MB")
def test_what_does_not_fit_is_left_for_later(db, one):
    names = [f"heavy-{n}" for n in range(45)]
    for name in names:
        put(db, one, id=name, v="x" * 390_000)
    got = db.batch_get_item(RequestItems={one: {"Keys": [key(name) for name in names]}})
    left = got["UnprocessedKeys"][one]["Keys"]
    assert len(got["Responses"][one]) + len(left) == 45
    assert len(got["Responses"][one]) in (42, 43)
    for name in names:
        db.delete_item(TableName=one, Key=key(name))


@not_moto("it has fewer of them")
def test_a_batch_has_limits(db, loose, one):
    write = lambda requests: refused(lambda: loose.batch_write_item(RequestItems={one: requests}))
    get = lambda names: refused(
        lambda: loose.batch_get_item(RequestItems={one: {"Keys": [key(n) for n in names]}})
    )
    put_ = lambda name: {"PutRequest": {"Item": key(name)}}
    assert (
        "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member "
        "must have length greater than or equal to 1]"
    ) in write([put_(str(n)) for n in range(26)])
    assert write([put_("a"), put_("a")]) == "Provided list of item keys contains duplicates"
    assert get(["a", "a"]) == "Provided list of item keys contains duplicates"
    many = get([str(n) for n in range(101)])
    assert f"at 'requestItems.{one}.member.keys' failed to satisfy constraint" in many
    assert "Member must have length less than or equal to 100" in many
    lost = {"no-such-table": [put_("a")]}
    gone = refused(lambda: db.batch_write_item(RequestItems=lost), "ResourceNotFoundException")
    assert gone == "Requested resource not found"


def reasons(call):
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    assert answer["Error"]["Code"] == "TransactionCanceledException", answer["Error"]
    return answer["Error"]["Message"], answer["CancellationReasons"]


def test_a_transaction_is_done_whole(db, one):
    for name in ("t-update", "t-delete", "t-check"):
        put(db, one, id=name, n=1)
    db.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": one, "Item": key("t-put")}},
            {
                "Update": {
                    "TableName": one,
                    "Key": key("t-update"),
                    "UpdateExpression": "SET n = n + :o",
                    "ExpressionAttributeValues": {":o": {"N": "1"}},
                }
            },
            {"Delete": {"TableName": one, "Key": key("t-delete")}},
            {
                "ConditionCheck": {
                    "TableName": one,
                    "Key": key("t-check"),
                    "ConditionExpression": "n = :o",
                    "ExpressionAttributeValues": {":o": {"N": "1"}},
                }
            },
        ]
    )
    gets = [{"Get": {"TableName": one, "Key": key(f"t-{n}")}} for n in ("put", "update", "delete")]
    got = db.transact_get_items(TransactItems=gets)["Responses"]
    assert [plain(one_.get("Item", {})) for one_ in got] == [{"id": "t-put"}, {"id": "t-update", "n": 2}, {}]


def test_a_transaction_is_cancelled_whole(db, one):
    put(db, one, id="t-there", n=1)
    new = {"ConditionExpression": "attribute_not_exists(id)", "TableName": one}
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    message, why = reasons(
        lambda: db.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": one, "Item": key("t-not-made")}},
                {"Put": {**new, **shown, "Item": key("t-there")}},
                {"Delete": {**new, "Key": key("t-not-there")}},
            ]
        )
    )
    assert message == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed, None]"
    )
    assert [reason["Code"] for reason in why] == ["None", "ConditionalCheckFailed", "None"]
    assert why[1]["Message"] == "The conditional request failed"
    assert plain(why[1]["Item"]) == {"id": "t-there", "n": 1}
    assert "Item" not in db.get_item(TableName=one, Key=key("t-not-made"))


def test_a_token_makes_a_transaction_one(db, one):
    put(db, one, id="t-token", n=0)
    add = lambda text: db.transact_write_items(
        ClientRequestToken=token,
        TransactItems=[
            {
                "Update": {
                    "TableName": one,
                    "Key": key("t-token"),
                    "UpdateExpression": text,
                    "ExpressionAttributeValues": {":o": {"N": "1"}},
                }
            }
        ],
    )
    token = unique("token")
    add("ADD n :o")
    add("ADD n :o")
    assert db.get_item(TableName=one, Key=key("t-token"))["Item"]["n"] == {"N": "1"} or PEER == "moto"
    if PEER != "moto":  # which does not look at the token
        other = refused(lambda: add("ADD m :o"), "IdempotentParameterMismatchException")
        assert "same client token" in other


def test_a_transaction_has_limits(loose, one):
    puts = lambda names: refused(
        lambda: loose.transact_write_items(
            TransactItems=[{"Put": {"TableName": one, "Item": key(name)}} for name in names]
        )
    )
    assert puts(["t-a", "t-a"]) == "Transaction request cannot include multiple operations on one item"
    assert "Member must have length less than or equal to 100" in puts([f"t-{n}" for n in range(101)])


@not_moto("it counts no units of transactions")
def test_a_transaction_costs_twice(db, one):
    answer = db.transact_write_items(
        TransactItems=[{"Put": {"TableName": one, "Item": key("t-cost")}}],
        ReturnConsumedCapacity="TOTAL",
    )
    cost = answer["ConsumedCapacity"][0]
    assert (cost["CapacityUnits"], cost["WriteCapacityUnits"]) == (2.0, 2.0)
    read = db.transact_get_items(
        TransactItems=[{"Get": {"TableName": one, "Key": key("t-cost")}}],
        ReturnConsumedCapacity="TOTAL",
    )
    assert read["ConsumedCapacity"][0]["CapacityUnits"] == 2.0


@not_moto("it has some of it")
@pytest.mark.parametrize(
    "operation, members",
    [
        ("execute_statement", {"Statement": "SELECT * FROM t"}),
        ("batch_execute_statement", {"Statements": [{"Statement": "SELECT * FROM t"}]}),
        ("execute_transaction", {"TransactStatements": [{"Statement": "SELECT * FROM t"}]}),
        ("list_global_tables", {}),
        ("list_exports", {}),
        ("list_imports", {}),
        ("describe_kinesis_streaming_destination", {"TableName": "tab"}),
        ("list_contributor_insights", {}),
        ("describe_table_replica_auto_scaling", {"TableName": "tab"}),
    ],
)
def test_what_is_not_simulated_says_so(db, operation, members):
    with pytest.raises(ClientError) as caught:
        getattr(db, operation)(**members)
    name = db.meta.method_to_api_mapping[operation]
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] in (400, 501)
    assert name in answer["Error"]["Message"]
    assert "not simulated" in answer["Error"]["Message"]


def test_the_resource_interface(resource, tables):
    table = resource.Table(tables["one"])
    assert table.table_status == "ACTIVE"
    table.put_item(Item={"id": "res", "n": Decimal("1.5"), "b": b"\x00", "s": {"a"}, "l": [1, None, True]})
    item = table.get_item(Key={"id": "res"})["Item"]
    assert item == {
        "id": "res", "n": Decimal("1.5"), "b": Binary(b"\x00"), "s": {"a"}, "l": [1, None, True],
    }  # fmt: skip
    table.update_item(
        Key={"id": "res"}, UpdateExpression="SET n = :n", ExpressionAttributeValues={":n": Decimal(2)}
    )
    assert table.get_item(Key={"id": "res"}, ProjectionExpression="n")["Item"] == {"n": Decimal(2)}
    with pytest.raises(decimal.Inexact):
        table.put_item(Item={"id": "res", "n": Decimal("1" * 39 + ".5")})


def test_condition_objects(resource, tables, db, pair, partition):
    table = resource.Table(pair)
    found = lambda **more: [int(item["sk"]) for item in table.query(**more)["Items"]]
    part = Key("pk").eq("part")
    assert found(KeyConditionExpression=part & Key("sk").between(2, 4)) == [2, 3, 4]
    assert found(KeyConditionExpression=part & Key("sk").lt(2)) == [0, 1]
    odd = Attr("word").eq("odd")
    assert found(KeyConditionExpression=part, FilterExpression=odd) == [1, 3, 5, 7, 9]
    assert found(KeyConditionExpression=part, FilterExpression=~odd & Attr("extra").gte(4)) == [4, 6, 8]
    either = Attr("extra").is_in([1, 2]) | Attr("mark").exists()
    assert found(KeyConditionExpression=part, FilterExpression=either) == [0, 1, 2, 5]
    sized = Attr("word").size().eq(3) & Attr("owner").begins_with("o1") & Attr("word").contains("d")
    assert found(KeyConditionExpression=part, FilterExpression=sized) == [1, 7]
    typed_ = Attr("extra").attribute_type("N") & Attr("gone").not_exists() & Attr("extra").ne(0)
    assert found(KeyConditionExpression=part, FilterExpression=typed_) == list(range(1, 10))


def test_the_batch_writer(resource, tables):
    table = resource.Table(tables["text"])
    with table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
        for n in range(60):
            batch.put_item(Item={"pk": "writer", "sk": f"{n % 50:02}", "n": n})
        batch.delete_item(Key={"pk": "writer", "sk": "00"})
    got = table.query(KeyConditionExpression=Key("pk").eq("writer"))["Items"]
    assert [int(item["n"]) for item in got] == [*range(51, 60), *range(10, 50)]


def test_two_who_race_do_not_both_win(one):
    import threading

    winners = []

    def race(who):
        try:
            client("dynamodb").put_item(
                TableName=one,
                Item={**key("race"), "who": {"N": str(who)}},
                ConditionExpression="attribute_not_exists(id)",
            )
            winners.append(who)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"

    threads = [threading.Thread(target=race, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1
