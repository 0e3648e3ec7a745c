"""DynamoDB as boto3 sees it: streams."""

import pytest

from conftest import PEER, REGION
from dynamodb_kit import key, keys, not_moto, plain, put, records, refused, shard_of, stream_of


SHOWN = {
    "KEYS_ONLY": (),
    "NEW_IMAGE": ("NewImage",),
    "OLD_IMAGE": ("OldImage",),
    "NEW_AND_OLD_IMAGES": ("NewImage", "OldImage"),
}


@pytest.mark.parametrize("view", SHOWN)
def test_a_stream_tells_what_happened(db, streams, tables, view):
    table = tables[view]
    arn = stream_of(db, table)
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert (described["StreamStatus"], described["StreamViewType"]) == ("ENABLED", view)
    assert (described["TableName"], described["KeySchema"]) == (table, keys("id"))
    put(db, table, id="a", n=1)
    put(db, table, id="a", n=2)
    if PEER != "moto":  # which tells of what changes nothing
        put(db, table, id="a", n=2)
    db.delete_item(TableName=table, Key=key("a"))
    if PEER != "moto":
        db.delete_item(TableName=table, Key=key("a"))
    got = records(streams, arn)["Records"]
    assert [record["eventName"] for record in got] == ["INSERT", "MODIFY", "REMOVE"]
    old, new = {"id": "a", "n": 1}, {"id": "a", "n": 2}
    images = [(None, old), (old, new), (new, None)]
    for record, (before, after) in zip(got, images):
        change = record["dynamodb"]
        assert (record["eventSource"], record["awsRegion"]) == ("aws:dynamodb", REGION)
        assert change["StreamViewType"] == view
        assert plain(change["Keys"]) == {"id": "a"}
        for name, image in (("OldImage", before), ("NewImage", after)):
            assert (name in change) == (name in SHOWN[view] and image is not None)
            if name in change:
                assert plain(change[name]) == image
    in_order = [int(record["dynamodb"]["SequenceNumber"]) for record in got]
    assert in_order == sorted(set(in_order))


def test_where_reading_begins(db, streams, tables):
    table = tables["NEW_IMAGE"]
    arn = stream_of(db, table)
    shard = shard_of(streams, arn)
    latest = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="LATEST")
    for n in range(3):
        put(db, table, id="b", n=n)
    news = lambda got: [plain(r["dynamodb"]["NewImage"])["n"] for r in got["Records"]]
    got = streams.get_records(ShardIterator=latest["ShardIterator"])
    assert news(got) == [0, 1, 2]
    second = got["Records"][1]["dynamodb"]["SequenceNumber"]
    assert news(records(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=second)) == [1, 2]
    assert news(records(streams, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=second)) == [2]
    put(db, table, id="b", n=9)
    assert news(streams.get_records(ShardIterator=got["NextShardIterator"])) == [9]
    page = streams.get_records(ShardIterator=latest["ShardIterator"], Limit=2)
    assert len(page["Records"]) == 2 or PEER == "moto"


def test_streams_are_listed(db, streams, tables):
    table = tables["KEYS_ONLY"]
    got = streams.list_streams(TableName=table)["Streams"]
    assert [(s["TableName"], s["StreamArn"]) for s in got] == [(table, stream_of(db, table))]
    assert got[0]["StreamArn"].endswith("/stream/" + got[0]["StreamLabel"])


@not_moto("it ends with 500")
def test_streams_refuse_what_they_do_not_know(db, streams, tables):
    arn = stream_of(db, tables["KEYS_ONLY"])
    none = "ResourceNotFoundException"
    lost = arn[:-1] + ("8" if arn.endswith("9") else "9")
    assert refused(lambda: streams.describe_stream(StreamArn=lost), none) == (
        f"Requested resource not found: Stream: {lost} not found"
    )
    shard = "shardId-00000000000000000000-00000000"
    asked = dict(StreamArn=arn, ShardId=shard, ShardIteratorType="LATEST")
    refused(lambda: streams.get_shard_iterator(**asked), none)
    assert refused(lambda: streams.get_records(ShardIterator="x" * 30)) == "Invalid ShardIterator"
