"""What the tests of DynamoDB share: helpers, clients, and tables.

Tables take their time to be made, so those that tests share are made once and at the same time. Each
test keeps to partitions of its own.
"""

import time

import boto3
import pytest
from botocore.exceptions import ClientError

from conftest import client, unique


not_moto = pytest.mark.not_moto
ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
INVALID = "One or more parameter values were invalid: "


def refused(call, code="ValidationException"):
    """The words with which a call is refused; its code and status are looked at."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    got = answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]
    assert got == (code, 400), answer["Error"]
    return answer["Error"]["Message"]


def definitions(text):
    """`"pk:S sk:N"` as attribute definitions."""
    pairs = [word.split(":") for word in text.split()]
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in pairs]


def keys(*names):
    return [{"AttributeName": n, "KeyType": k} for n, k in zip(names, ("HASH", "RANGE"))]


def index(name, *key, include=None, projection="ALL", **more):
    shown = {"ProjectionType": projection}
    if include:
        shown = {"ProjectionType": "INCLUDE", "NonKeyAttributes": include}
    return {"IndexName": name, "KeySchema": keys(*key), "Projection": shown, **more}


def await_table(db, name, waiter="table_exists"):
    db.get_waiter(waiter).wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def await_that(what, tries=60):
    for _ in range(tries):
        if got := what():
            return got
        time.sleep(0.5)
    raise AssertionError("it did not come to pass")


@pytest.fixture(scope="session")
def db():
    return client("dynamodb")


@pytest.fixture(scope="session")
def loose():
    """A client that sends what it is given, so that the service is what refuses it."""
    return client("dynamodb", parameter_validation=False)


@pytest.fixture(scope="session")
def tables(db):
    """The tables that tests share, by what they are for."""
    made = {
        "one": dict(AttributeDefinitions=definitions("id:S"), KeySchema=keys("id"), **ON_DEMAND),
        "num": dict(AttributeDefinitions=definitions("id:N"), KeySchema=keys("id"), **ON_DEMAND),
        "bin": dict(
            AttributeDefinitions=definitions("id:B at:N"), KeySchema=keys("id", "at"), **ON_DEMAND
        ),
        "scan": dict(AttributeDefinitions=definitions("id:S"), KeySchema=keys("id"), **ON_DEMAND),
        "pair": dict(
            AttributeDefinitions=definitions("pk:S sk:N weight:N word:S owner:S mark:S"),
            KeySchema=keys("pk", "sk"),
            LocalSecondaryIndexes=[
                index("by-weight", "pk", "weight", projection="KEYS_ONLY"),
                index("by-word", "pk", "word", include=["extra"]),
            ],
            GlobalSecondaryIndexes=[
                index("by-owner", "owner", "sk"),
                index("marked", "mark", projection="KEYS_ONLY"),
                index("some", "owner", include=["extra"]),
            ],
            **ON_DEMAND,
        ),
        "text": dict(
            AttributeDefinitions=definitions("pk:S sk:S"), KeySchema=keys("pk", "sk"), **ON_DEMAND
        ),
    }
    for view in ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]:
        made[view] = dict(
            AttributeDefinitions=definitions("id:S"),
            KeySchema=keys("id"),
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
            **ON_DEMAND,
        )
    names = {}
    for what, table in made.items():
        names[what] = unique(f"peer-{what}")
        db.create_table(TableName=names[what], **table)
    for name in names.values():
        await_table(db, name)
    yield names
    for name in names.values():
        db.delete_table(TableName=name)


@pytest.fixture(scope="session")
def one(tables):
    return tables["one"]


@pytest.fixture(scope="session")
def pair(tables):
    return tables["pair"]


def put(db, table, **item):
    db.put_item(TableName=table, Item={name: typed(value) for name, value in item.items()})


def typed(value):
    return boto3.dynamodb.types.TypeSerializer().serialize(value)


def plain(item):
    return {k: boto3.dynamodb.types.TypeDeserializer().deserialize(v) for k, v in item.items()}


def key(name):
    return {"id": {"S": name}}


SAMPLE = {
    "n": 5,
    "s": "hello",
    "b": b"\x00\x01\x02",
    "t": True,
    "nil": None,
    "ss": {"a", "b"},
    "ns": {1, 2},
    "bs": {b"\x00", b"\x01"},
    "l": [10, 20, {"x": "deep"}],
    "m": {"k": 1, "box": {"l": ["p", "q"]}},
    "a.b": "dotted",
    "name": "reserved",
    "uml": "äö",
}
NAMES = {"#n": "n", "#name": "name", "#dot": "a.b", "#m": "m"}
VALUES = {
    ":zero": 0, ":one": 1, ":two": 2, ":three": 3, ":five": 5, ":nine": 9, ":x": "x", ":he": "he",
    ":hello": "hello", ":a": "a", ":ab": {"a", "b"}, ":bytes": b"\x00\x01", ":true": True,
    ":null": None, ":S": "S", ":N": "N", ":SS": "SS", ":M": "M", ":NULL": "NULL", ":list": [7],
    ":p": "p", ":ten": 10, ":map": {"x": "deep"}, ":T": "T", ":B": "B", ":BOOL": "BOOL", ":NS": "NS",
    ":L": "L", ":BS": "BS", ":byte": b"\x01",
}  # fmt: skip


def placeholders(text):
    """Those of the above that an expression uses."""
    import re

    words = set(re.findall(r"[#:]\w+", text))
    more = {}
    if names := {name: NAMES[name] for name in words if name in NAMES}:
        more["ExpressionAttributeNames"] = names
    if values := {name: typed(VALUES[name]) for name in words if name in VALUES}:
        more["ExpressionAttributeValues"] = values
    return more


@pytest.fixture(scope="session")
def sample(db, one):
    put(db, one, id="sample", **SAMPLE)
    return dict(TableName=one, Key=key("sample"))


OTHER_WORDS = "it says it in other words"
FIVE_HUNDRED = "it ends with 500"
# Expressions with which moto does otherwise.
MOTO_EXPRESSIONS = {
    "SET m.k = :x, m[0] = :one": "it does not see that paths conflict",
    "SET n = foo(n)": OTHER_WORDS,
    "SET n = size(s)": OTHER_WORDS,
    "ADD n :x": OTHER_WORDS,
    "DELETE ss :x": OTHER_WORDS,
    "SET n = n + :x": "it names the type of the other operand",
    "SET n.k = :x": "it takes it",
    "SET n = s + :one": OTHER_WORDS,
    "SET n = list_append(n, :list)": OTHER_WORDS,
    "l[2].x, l[0]": "it shows one element of a list",
    "n.k": FIVE_HUNDRED,
    "n,": "it takes it",
    "name": OTHER_WORDS,
    "m.k, m": "it takes it",
    "begins_with(b, :bytes)": "it compares the text of bytes",
    "contains(b, :byte)": "it compares the text of bytes",
    "n < :x": FIVE_HUNDRED,
    "s < :five": FIVE_HUNDRED,
    "size(gone) = :one": FIVE_HUNDRED,
    "size(n) = :one": FIVE_HUNDRED,
}


def bad(expression, message):
    reason = MOTO_EXPRESSIONS.get(expression)
    return pytest.param(expression, message, marks=[not_moto(reason)] if reason else [], id=expression)


def syntax(token, near):
    return f'Syntax error; token: "{token}", near: "{near}"'


def update(db, table, name, text, returns="ALL_NEW"):
    answer = db.update_item(
        TableName=table, Key=key(name), UpdateExpression=text, ReturnValues=returns, **placeholders(text)
    )
    return plain(answer.get("Attributes", {}))


@pytest.fixture(scope="session")
def partition(db, pair):
    """Ten items of one partition, their sizes against their order."""
    for n in range(10):
        more = {"mark": "yes"} if n % 5 == 0 else {}
        put(
            db, pair, pk="part", sk=n, weight=100 - n, word="odd" if n % 2 else "even", owner=f"o{n % 3}",
            extra=n, spare=n, **more,
        )  # fmt: skip
    return "part"


def query(db, table, condition, **more):
    values = {name: typed(value) for name, value in more.pop("values", {}).items()}
    return db.query(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues={":p": {"S": "part"}, **values},
        **more,
    )


@pytest.fixture(scope="session")
def streams():
    return client("dynamodbstreams")


def stream_of(db, table):
    return db.describe_table(TableName=table)["Table"]["LatestStreamArn"]


def shard_of(streams, arn):
    return streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]


def records(streams, arn, kind="TRIM_HORIZON", **more):
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard_of(streams, arn), ShardIteratorType=kind, **more
    )["ShardIterator"]
    return streams.get_records(ShardIterator=iterator)
