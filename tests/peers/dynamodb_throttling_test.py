"""DynamoDB where capacity counts (`[dynamodb] throttling = true`), as boto3 with its retries sees it."""

import os
import subprocess
import time

import boto3
import pytest
from botocore.config import Config

from conftest import PEER, REGION
from dynamodb_kit import await_table, definitions, index, key, keys, refused

# Only what a program of our own serves can be shaped.
pytestmark = pytest.mark.skipif(PEER != "distlab", reason="a shape is distlab's own")

TABLE = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing "
    "your provisioning level with the UpdateTable API."
)
INDEX = (
    "The level of configured provisioned throughput for one or more global secondary indexes of the "
    "table was exceeded. Consider increasing your provisioning level for the under-provisioned global "
    "secondary indexes with the UpdateTable API."
)
EXCEEDED = "ProvisionedThroughputExceededException"


class Served:
    """A world of its own, in which tables throttle."""

    def __init__(self, folder):
        shape = folder / "world.toml"
        shape.write_text("[dynamodb]\nthrottling = true\n")
        distlab = os.environ.get("DISTLAB", "distlab")
        self.env = {**os.environ, "DISTLAB_HOME": str(folder / "home")}
        words = [distlab, "serve", "--port", "0", "--registry-port", "0", "--world", str(shape)]
        self.server = subprocess.Popen(words, env=self.env, stdout=subprocess.PIPE, text=True)
        said = {}
        while "AWS_SECRET_ACCESS_KEY" not in said:
            line = self.server.stdout.readline()
            assert line, "the server ended"
            name, _, value = line.strip().removeprefix("export ").partition("=")
            said[name] = value
        self.said = said

    def client(self, attempts=1):
        return boto3.client(
            "dynamodb",
            endpoint_url=self.said["AWS_ENDPOINT_URL"],
            region_name=REGION,
            aws_access_key_id=self.said["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.said["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
        )

    def pass_time(self, span):
        distlab = os.environ.get("DISTLAB", "distlab")
        words = [distlab, "time", "--lab", "serve", span]
        subprocess.run(words, env=self.env, check=True, capture_output=True)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("throttling"))
    yield served
    served.server.kill()
    served.server.wait()


@pytest.fixture
def db(served):
    return served.client()


def make(served, db, name, read=1, write=1, of_index=None):
    """A table that has kept all it can."""
    more = {}
    units = lambda read, write: {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
    if of_index:
        told = units(*of_index)
        more["GlobalSecondaryIndexes"] = [index("by-owner", "owner", ProvisionedThroughput=told)]
    db.create_table(
        TableName=name,
        AttributeDefinitions=definitions("id:S owner:S" if of_index else "id:S"),
        KeySchema=keys("id"),
        ProvisionedThroughput=units(read, write),
        **more,
    )
    served.pass_time("+10m")
    await_table(db, name)


def item(name, kilobytes=1, **more):
    return {**key(name), "room": {"S": "x" * (1024 * kilobytes - 100)}, **more}


def spend(call):
    """Calls until there is nothing left; what is said then, and how often it went well."""
    for done in range(1000):
        try:
            call()
        except Exception as error:
            return error.response, done
    raise AssertionError("nothing was refused")


def test_writes_are_refused_when_what_was_kept_is_used_up(served, db):
    make(served, db, "writes")
    said, done = spend(lambda: db.put_item(TableName="writes", Item=item("a", 50)))
    assert 6 <= done <= 8, "300 units were kept, and each costs 50"
    assert (said["Error"]["Code"], said["Error"]["Message"]) == (EXCEEDED, TABLE)
    assert said["ResponseMetadata"]["HTTPStatusCode"] == 400
    arn = db.describe_table(TableName="writes")["Table"]["TableArn"]
    assert said["ThrottlingReasons"] == [
        {"reason": "TableWriteProvisionedThroughputExceeded", "resource": arn}
    ]
    headers = said["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-requestid"] and headers["x-amz-crc32"]
    # Reads have a bucket of their own.
    assert "Item" in db.get_item(TableName="writes", Key=key("a"))


def test_reads_are_refused_too(served, db):
    make(served, db, "reads", write=100)
    db.put_item(TableName="reads", Item=item("a", 300))
    calls = {
        "get": lambda: db.get_item(TableName="reads", Key=key("a"), ConsistentRead=True),
        "scan": lambda: db.scan(TableName="reads", ConsistentRead=True),
        "query": lambda: db.query(
            TableName="reads",
            KeyConditionExpression="id = :a",
            ExpressionAttributeValues={":a": {"S": "a"}},
        ),
    }
    said, done = spend(calls["get"])
    assert 4 <= done <= 5, "300 units were kept, and each read costs 75"
    assert said["Error"]["Message"] == TABLE
    assert said["ThrottlingReasons"][0]["reason"] == "TableReadProvisionedThroughputExceeded"
    for call in calls.values():
        assert refused(call, EXCEEDED) == TABLE
    served.pass_time("+5m")
    for call in calls.values():
        call()


def test_an_index_is_used_up(served, db):
    make(served, db, "indexed", write=1000, of_index=(1, 1))
    owners = iter(range(1000))

    def write():
        owner = {"S": str(next(owners))}
        db.put_item(TableName="indexed", Item=item("a", 50, owner=owner))

    said, _ = spend(write)
    assert said["Error"]["Message"] == INDEX
    arn = db.describe_table(TableName="indexed")["Table"]["TableArn"]
    assert said["ThrottlingReasons"] == [
        {"reason": "IndexWriteProvisionedThroughputExceeded", "resource": f"{arn}/index/by-owner"}
    ]
    db.put_item(TableName="indexed", Item=item("no-owner", 50))


def test_a_batch_leaves_the_rest(served, db):
    make(served, db, "batch")
    requests = [{"PutRequest": {"Item": item(str(n), 49)}} for n in range(20)]
    left = db.batch_write_item(RequestItems={"batch": requests})["UnprocessedItems"]["batch"]
    assert len(left) == 13, "300 units were kept, and the seventh owes 43"
    assert left == requests[-len(left):]
    write = lambda: db.batch_write_item(RequestItems={"batch": left})
    assert refused(write, EXCEEDED) == TABLE
    there = [key(str(n)) for n in range(20 - len(left))]
    read = lambda: db.batch_get_item(RequestItems={"batch": {"Keys": there, "ConsistentRead": True}})
    # 300 units were kept, and all of it costs 91.
    for _ in range(3):
        got = read()
        assert len(got["Responses"]["batch"]) == len(there) and not got["UnprocessedKeys"]
    got = read()
    missing = got["UnprocessedKeys"]["batch"]
    assert 0 < len(missing["Keys"]) < len(there) and missing["ConsistentRead"]
    assert missing["Keys"] == there[-len(missing["Keys"]):]
    said, _ = spend(read)
    assert (said["Error"]["Code"], said["Error"]["Message"]) == (EXCEEDED, TABLE)


def test_a_transaction_is_cancelled(served, db):
    make(served, db, "transaction")
    write = {"Put": {"TableName": "transaction", "Item": item("a", 50)}}
    other = {"Delete": {"TableName": "transaction", "Key": key("b")}}
    call = lambda: db.transact_write_items(TransactItems=[write, other])
    said, done = spend(call)
    assert 3 <= done <= 4, "300 units were kept, and each costs 102"
    assert said["Error"]["Code"] == "TransactionCanceledException"
    code = "ProvisionedThroughputExceeded"
    assert said["Error"]["Message"].endswith(f"[{code}, {code}]")
    assert said["CancellationReasons"] == [{"Code": code, "Message": TABLE}] * 2


def test_a_client_that_tries_again_gets_through(served, db):
    make(served, db, "retries", write=5)
    # One key alone would meet the bound of its partition first.
    ids = map(str, range(100, 200))
    _, spent = spend(lambda: db.put_item(TableName="retries", Item=item(next(ids), 100)))
    served.pass_time("+18s")
    patient = served.client(attempts=20)
    retried = 0
    began = time.monotonic()
    for n in range(12):
        answer = patient.put_item(TableName="retries", Item=item(str(n)))
        retried += answer["ResponseMetadata"]["RetryAttempts"]
    assert retried > 0, f"nothing was refused in {time.monotonic() - began} s"
    pages = db.get_paginator("scan").paginate(TableName="retries", Select="COUNT")
    assert sum(page["Count"] for page in pages) == spent + 12


def test_more_capacity_ends_it(served, db):
    make(served, db, "more")
    spend(lambda: db.put_item(TableName="more", Item=item("a", 100)))
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1000}
    db.update_table(TableName="more", ProvisionedThroughput=units)
    served.pass_time("+10s")
    for n in range(20):
        db.put_item(TableName="more", Item=item(str(n), 100))


ON_DEMAND = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling "
    "your table or index so please try again shortly. If exceptions persist, check if you have a hot "
    "key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)


def test_a_hot_key_of_a_table_on_demand_is_throttled(served, db):
    db.create_table(
        TableName="demand",
        AttributeDefinitions=definitions("id:S"),
        KeySchema=keys("id"),
        BillingMode="PAY_PER_REQUEST",
    )
    served.pass_time("+1m")
    await_table(db, "demand")
    # A second gives one key 1,000 units, and a transaction of one item of 390 KB takes 780.
    put = {"Put": {"TableName": "demand", "Item": item("hot", 390)}}
    said, done = spend(lambda: db.transact_write_items(TransactItems=[put]))
    assert done >= 2
    assert said["Error"]["Code"] == "TransactionCanceledException"
    assert said["CancellationReasons"] == [{"Code": "ThrottlingError", "Message": ON_DEMAND}]
    # The model of botocore knows the exception and its reasons.
    said, _ = spend(lambda: db.put_item(TableName="demand", Item=item("warm", 390)))
    assert (said["Error"]["Code"], said["Error"]["Message"]) == ("ThrottlingException", ON_DEMAND)
    arn = db.describe_table(TableName="demand")["Table"]["TableArn"]
    reason = {"reason": "TableWriteKeyRangeThroughputExceeded", "resource": arn}
    assert said["throttlingReasons"] == [reason]
    # Retries get through: the next second gives as much again.
    served.client(attempts=20).put_item(TableName="demand", Item=item("warm", 390))
