"""DynamoDB as boto3 sees it: tags, backups, and what comes with lab time."""

import time

from conftest import unique
from dynamodb_kit import (
    await_table,
    await_that,
    key,
    not_moto,
    plain,
    put,
    records,
    refused,
    shard_of,
    stream_of,
)


def test_time_to_live_is_described(db, one):
    assert db.describe_time_to_live(TableName=one)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "DISABLED"
    }
    spec = {"Enabled": True, "AttributeName": "until"}
    got = db.update_time_to_live(TableName=one, TimeToLiveSpecification=spec)
    assert got["TimeToLiveSpecification"] == spec
    told = db.describe_time_to_live(TableName=one)["TimeToLiveDescription"]
    assert told["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
    assert told["AttributeName"] == "until"


def test_tags(db, pair):
    arn = db.describe_table(TableName=pair)["Table"]["TableArn"]
    tags = lambda: {t["Key"]: t["Value"] for t in db.list_tags_of_resource(ResourceArn=arn)["Tags"]}
    db.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    assert tags() == {"a": "1", "b": ""}
    db.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}])
    db.untag_resource(ResourceArn=arn, TagKeys=["b"])
    assert tags() == {"a": "2"}


def test_a_backup_is_made_listed_and_deleted(db, pair):
    name = unique("backup")
    made = db.create_backup(TableName=pair, BackupName=name)["BackupDetails"]
    assert (made["BackupName"], made["BackupType"]) == (name, "USER")
    described = lambda: db.describe_backup(BackupArn=made["BackupArn"])["BackupDescription"]
    await_that(lambda: described()["BackupDetails"]["BackupStatus"] == "AVAILABLE")
    assert described()["SourceTableDetails"]["TableName"] == pair
    listed = db.list_backups(TableName=pair)["BackupSummaries"]
    assert [b["BackupName"] for b in listed] == [name]
    gone = db.delete_backup(BackupArn=made["BackupArn"])["BackupDescription"]
    assert gone["BackupDetails"]["BackupStatus"] == "DELETED"
    refused(described, "BackupNotFoundException")


def test_recovery_is_switched_on_and_off(db, pair):
    told = lambda: db.describe_continuous_backups(TableName=pair)["ContinuousBackupsDescription"]
    status = lambda: told()["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    assert status() == "DISABLED"
    switch = lambda on: db.update_continuous_backups(
        TableName=pair, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
    )
    switch(True)
    assert status() == "ENABLED"
    assert "EarliestRestorableDateTime" in told()["PointInTimeRecoveryDescription"]
    switch(False)
    assert status() == "DISABLED"


@not_moto("its time cannot be moved on")
def test_what_has_outlived_itself_is_deleted(db, streams, tables, pass_time):
    table = tables["OLD_IMAGE"]
    spec = {"Enabled": True, "AttributeName": "until"}
    db.update_time_to_live(TableName=table, TimeToLiveSpecification=spec)
    now = int(time.time())
    put(db, table, id="old", until=now - 60)
    put(db, table, id="young", until=now + 10_000_000)
    put(db, table, id="ancient", until=now - 6 * 365 * 86_400)
    put(db, table, id="text", until=str(now - 60))
    pass_time("+30m")
    left = {item["id"]["S"] for item in db.scan(TableName=table)["Items"]}
    assert left >= {"young", "ancient", "text"} and "old" not in left
    last = records(streams, stream_of(db, table))["Records"][-1]
    assert (last["eventName"], plain(last["dynamodb"]["Keys"])) == ("REMOVE", {"id": "old"})
    assert last["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


@not_moto("its time cannot be moved on")
def test_a_table_comes_back_from_a_backup(db, one, pass_time):
    put(db, one, id="restored", n=7)
    made = db.create_backup(TableName=one, BackupName=unique("backup"))["BackupDetails"]["BackupArn"]
    pass_time("+1m")
    name = unique("restored")
    db.restore_table_from_backup(TargetTableName=name, BackupArn=made)
    pass_time("+10m")
    await_table(db, name)
    got = db.get_item(TableName=name, Key=key("restored"))["Item"]
    assert plain(got) == {"id": "restored", "n": 7}
    assert db.describe_table(TableName=name)["Table"]["RestoreSummary"]["SourceBackupArn"] == made
    db.delete_backup(BackupArn=made)
    db.delete_table(TableName=name)


@not_moto("its time cannot be moved on")
def test_a_table_comes_back_from_a_moment(db, one, pass_time):
    put(db, one, id="moment", n=1)
    switch = {"PointInTimeRecoveryEnabled": True}
    db.update_continuous_backups(TableName=one, PointInTimeRecoverySpecification=switch)
    pass_time("+10m")
    told = db.describe_continuous_backups(TableName=one)["ContinuousBackupsDescription"]
    moment = told["PointInTimeRecoveryDescription"]["LatestRestorableDateTime"]
    put(db, one, id="moment", n=2)
    name = unique("moment")
    db.restore_table_to_point_in_time(
        SourceTableName=one, TargetTableName=name, RestoreDateTime=moment
    )
    pass_time("+10m")
    await_table(db, name)
    assert plain(db.get_item(TableName=name, Key=key("moment"))["Item"]) == {"id": "moment", "n": 1}
    db.delete_table(TableName=name)


@not_moto("its iterators and records are good for ever")
def test_iterators_and_records_expire(db, streams, tables, pass_time):
    table = tables["KEYS_ONLY"]
    arn = stream_of(db, table)
    put(db, table, id="expire")
    first = records(streams, arn)["Records"][0]["dynamodb"]["SequenceNumber"]
    shard = shard_of(streams, arn)
    old = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    pass_time("+16m")
    read = lambda: streams.get_records(ShardIterator=old["ShardIterator"])
    refused(read, "ExpiredIteratorException")
    pass_time("+25h")
    put(db, table, id="expire-later")
    at = dict(StreamArn=arn, ShardId=shard, ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=first)
    refused(lambda: streams.get_shard_iterator(**at), "TrimmedDataAccessException")
