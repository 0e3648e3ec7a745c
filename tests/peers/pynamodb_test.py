"""DynamoDB as `pynamodb` sees it: models, indexes, conditions, updates, batches, transactions."""

import datetime

import pytest
from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NullAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

from conftest import ENDPOINT, KEY, REGION, SECRET, unique

TABLE, LOCKED = unique("pynamo"), unique("pynamo-locked")


class Place:
    """Where a model's table is."""

    host = ENDPOINT
    region = REGION
    aws_access_key_id = KEY
    aws_secret_access_key = SECRET
    billing_mode = "PAY_PER_REQUEST"


class ByColour(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-colour"
        projection = AllProjection()

    colour = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)


class ByRank(LocalSecondaryIndex):
    class Meta:
        index_name = "by-rank"
        projection = KeysOnlyProjection()

    group = UnicodeAttribute(hash_key=True)
    rank = NumberAttribute(range_key=True)


class Inner(MapAttribute):
    name = UnicodeAttribute()
    count = NumberAttribute(null=True)


class Thing(Model):
    class Meta(Place):
        table_name = TABLE

    group = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)
    colour = UnicodeAttribute(null=True)
    rank = NumberAttribute(null=True)
    flag = BooleanAttribute(null=True)
    raw = BinaryAttribute(null=True, legacy_encoding=False)
    words = UnicodeSetAttribute(null=True)
    numbers = NumberSetAttribute(null=True)
    at = UTCDateTimeAttribute(null=True)
    document = JSONAttribute(null=True)
    steps = ListAttribute(null=True)
    inner = Inner(null=True)
    nothing = NullAttribute(null=True)
    by_colour = ByColour()
    by_rank = ByRank()


class Locked(Model):
    class Meta(Place):
        table_name = LOCKED

    name = UnicodeAttribute(hash_key=True)
    value = NumberAttribute(default=0)
    version = VersionAttribute()


@pytest.fixture(scope="module", autouse=True)
def made():
    for model in (Thing, Locked):
        model.create_table(wait=True)
    yield
    for model in (Thing, Locked):
        model.delete_table()


def test_a_table_is_there():
    assert Thing.exists()
    assert Thing.describe_table()["TableStatus"] == "ACTIVE"


def test_every_attribute_comes_back():
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=datetime.timezone.utc)
    given = dict(
        colour="red", rank=-1.5, flag=False, raw=b"\x00\xff", words={"a", "b"}, numbers={1, 2.5},
        at=at, document={"a": [1, None]}, steps=["x", 1, {"k": True}],
        inner=Inner(name="n", count=3), nothing=None,
    )  # fmt: skip
    Thing("types", 1, **given).save()
    got = Thing.get("types", 1, consistent_read=True)
    for name, value in given.items():
        shown = getattr(got, name)
        if name == "inner":
            assert (shown.name, shown.count) == ("n", 3)
        elif name == "steps":
            assert shown[:2] == ["x", 1] and shown[2]["k"] is True
        else:
            assert shown == value, name
    got.delete()
    with pytest.raises(Thing.DoesNotExist):
        Thing.get("types", 1)


def test_queries_and_scans():
    with Thing.batch_write() as batch:
        for n in range(30):
            batch.save(Thing("query", n, colour="red" if n % 3 else "blue", rank=100 - n, flag=n > 20))
    found = lambda *of, **more: [thing.number for thing in Thing.query("query", *of, **more)]
    assert found() == list(range(30))
    assert found(Thing.number.between(3, 5)) == [3, 4, 5]
    assert found(Thing.number < 2) == [0, 1]
    assert found(Thing.number >= 28, scan_index_forward=False) == [29, 28]
    assert found(filter_condition=Thing.flag == True) == list(range(21, 30))  # noqa: E712
    colours = Thing.colour.startswith("b") & (Thing.rank > 90)
    assert found(filter_condition=colours) == [0, 3, 6, 9]
    assert found(filter_condition=Thing.colour.is_in("blue") & ~(Thing.rank < 95)) == [0, 3]
    assert found(filter_condition=Thing.words.does_not_exist(), limit=4) == [0, 1, 2, 3]
    assert found(limit=25, page_size=7) == list(range(25))
    assert Thing.count("query") == 30
    assert sum(thing.group == "query" for thing in Thing.scan(Thing.colour == "blue")) == 10
    parts = [n.number for s in range(3) for n in Thing.scan(segment=s, total_segments=3)]
    assert sorted(parts) == list(range(30))
    blue = Thing.by_colour.query("blue", Thing.number > 20)
    assert [thing.number for thing in blue] == [21, 24, 27]
    assert [thing.number for thing in Thing.by_rank.query("query", ByRank.rank < 74)] == [29, 28, 27]
    items = Thing.batch_get([("query", 1), ("query", 2), ("query", 99)])
    assert sorted(thing.number for thing in items) == [1, 2]
    with Thing.batch_write() as batch:
        for thing in Thing.query("query"):
            batch.delete(thing)
    assert Thing.count("query") == 0


def test_updates_and_conditions():
    thing = Thing("update", 1, rank=1, words={"a"}, steps=[1], inner=Inner(name="n"))
    thing.save(Thing.number.does_not_exist())
    with pytest.raises(PutError) as caught:
        Thing("update", 1).save(Thing.number.does_not_exist())
    assert caught.value.cause_response_code == "ConditionalCheckFailedException"
    thing.update(
        actions=[
            Thing.rank.set(Thing.rank + 4),
            Thing.words.add({"b"}),
            Thing.steps.set(Thing.steps.append([2])),
            Thing.inner.name.set("new"),
            Thing.flag.set(Thing.flag | True),
        ],
        condition=(Thing.rank == 1) & Thing.words.contains("a"),
    )
    assert (thing.rank, thing.words, list(thing.steps), thing.inner.name, thing.flag) == (
        5, {"a", "b"}, [1, 2], "new", True,
    )  # fmt: skip
    thing.update(actions=[Thing.flag.remove(), Thing.words.delete({"a"}), Thing.rank.add(1)])
    assert (thing.flag, thing.words, thing.rank) == (None, {"b"}, 6)
    with pytest.raises(UpdateError) as caught:
        thing.update(actions=[Thing.rank.set(0)], condition=Thing.rank == 1)
    assert caught.value.cause_response_code == "ConditionalCheckFailedException"
    with pytest.raises(DeleteError):
        thing.delete(Thing.rank > 10)
    thing.delete(Thing.rank == 6)


def test_a_version_locks():
    Locked("a").save()
    one, other = Locked.get("a"), Locked.get("a")
    one.value = 1
    one.save()
    assert one.version == 2
    other.value = 2
    with pytest.raises(PutError) as caught:
        other.save()
    assert caught.value.cause_response_code == "ConditionalCheckFailedException"
    other.refresh()
    assert (other.value, other.version) == (1, 2)
    other.delete()


def test_transactions():
    connection = Connection(region=REGION, host=ENDPOINT)
    connection.session.set_credentials(KEY, SECRET)
    with TransactWrite(connection=connection) as transaction:
        transaction.save(Thing("transact", 1, rank=1))
        transaction.save(Thing("transact", 2, rank=2))
    with TransactGet(connection=connection) as transaction:
        first, second = transaction.get(Thing, "transact", 1), transaction.get(Thing, "transact", 2)
    assert (first.get().rank, second.get().rank) == (1, 2)
    with pytest.raises(TransactWriteError) as caught:
        with TransactWrite(connection=connection) as transaction:
            transaction.update(Thing("transact", 1), actions=[Thing.rank.set(9)])
            transaction.condition_check(Thing, "transact", 2, condition=Thing.rank == 99)
    # pynamodb sends conditions before updates.
    assert [why and why.code for why in caught.value.cancellation_reasons] == [
        "ConditionalCheckFailed",
        None,
    ]
    assert Thing.get("transact", 1).rank == 1
