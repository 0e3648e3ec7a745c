"""S3 as boto3 sees it: buckets, objects, listings, versions, multipart uploads, access."""

import base64
import hashlib
import io
import json
import os
import threading
import zlib

import pytest
from boto3.s3.transfer import TransferConfig
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

from conftest import ENDPOINT, PEER, client, fetch, open_to_public, unique


def code(call):
    """The error code and HTTP status with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


# Buckets


def test_a_bucket_is_made_listed_found_and_deleted(s3):
    name = unique("life")
    assert s3.create_bucket(Bucket=name)["Location"] == f"/{name}"
    assert name in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.head_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    s3.put_object(Bucket=name, Key="k", Body=b"")
    assert code(lambda: s3.delete_bucket(Bucket=name)) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=name, Key="k")
    s3.delete_bucket(Bucket=name)
    assert code(lambda: s3.head_bucket(Bucket=name)) == ("404", 404)
    assert code(lambda: s3.list_objects_v2(Bucket=name)) == ("NoSuchBucket", 404)


@pytest.mark.not_moto("it does not validate every name")
def test_bad_bucket_names_are_refused():
    lenient = client("s3")
    lenient.meta.events.unregister(
        "before-parameter-build.s3", __import__("botocore.handlers").handlers.validate_bucket_name
    )
    for name in ["ab", "Upper", "a..b", "192.168.0.1", "under_score"]:
        assert code(lambda: lenient.create_bucket(Bucket=name)) == ("InvalidBucketName", 400)


def test_a_bucket_elsewhere_says_where(s3):
    name = unique("west")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-west-1"
    s3.delete_bucket(Bucket=name)


# Objects


@pytest.mark.parametrize(
    "key", ["plain", "a b+c", "é/ü", "with/slash/", "a//b", "~tilde(1)'*!", "%41", "q?x=1&y=2", "x" * 1024]
)
def test_any_key_comes_back(s3, bucket, key):
    body = key.encode()
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]


def test_an_object_keeps_what_was_said_of_it(s3, bucket):
    put = s3.put_object(
        Bucket=bucket,
        Key="k",
        Body=b"hello",
        ContentType="text/plain",
        CacheControl="no-cache",
        ContentEncoding="identity",
        ContentLanguage="en",
        ContentDisposition="inline",
        Metadata={"one": "1", "two": "zwei"},
    )
    assert put["ETag"] == '"%s"' % hashlib.md5(b"hello").hexdigest()
    for got in (s3.get_object(Bucket=bucket, Key="k"), s3.head_object(Bucket=bucket, Key="k")):
        assert got["ContentLength"] == 5
        assert got["ContentType"] == "text/plain"
        assert got["CacheControl"] == "no-cache"
        assert got["ContentEncoding"] == "identity"
        assert got["ContentLanguage"] == "en"
        assert got["ContentDisposition"] == "inline"
        assert got["Metadata"] == {"one": "1", "two": "zwei"}
        assert got["AcceptRanges"] == "bytes"
        assert got["ETag"] == put["ETag"]


@pytest.mark.not_moto("it takes no overrides")
@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_request_may_say_how_the_answer_looks(s3, bucket, version):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    got = s3.get_object(Bucket=bucket, Key="k", ResponseContentType="text/html")
    assert got["ContentType"] == "text/html"
    url = client("s3", signature_version=version).generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": "k",
            "ResponseContentType": "text/x-peer",
            "ResponseContentDisposition": 'attachment; filename="a b.txt"',
        },
    )
    status, headers, _ = fetch(url)
    assert (status, headers["content-type"]) == (200, "text/x-peer")
    assert headers["content-disposition"] == 'attachment; filename="a b.txt"'


def test_what_is_not_there_is_said_so(s3, bucket):
    assert code(lambda: s3.get_object(Bucket=bucket, Key="none")) == ("NoSuchKey", 404)
    assert code(lambda: s3.head_object(Bucket=bucket, Key="none")) == ("404", 404)
    s3.delete_object(Bucket=bucket, Key="none")


def test_parts_of_an_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")

    def part(text):
        got = s3.get_object(Bucket=bucket, Key="k", Range=text)
        return got["ResponseMetadata"]["HTTPStatusCode"], got.get("ContentRange"), got["Body"].read()

    assert part("bytes=2-4") == (206, "bytes 2-4/10", b"234")
    assert part("bytes=7-") == (206, "bytes 7-9/10", b"789")
    assert part("bytes=-3") == (206, "bytes 7-9/10", b"789")
    assert part("bytes=5-100") == (206, "bytes 5-9/10", b"56789")
    refused = code(lambda: s3.get_object(Bucket=bucket, Key="k", Range="bytes=10-"))
    assert refused == ("InvalidRange", 416)


def test_conditions(s3, bucket):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    tag, when = put["ETag"], s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    get = lambda **more: s3.get_object(Bucket=bucket, Key="k", **more)
    get(IfMatch=tag)
    get(IfModifiedSince=when.replace(year=2001))
    assert code(lambda: get(IfMatch='"other"')) == ("PreconditionFailed", 412)
    assert code(lambda: get(IfNoneMatch=tag)) == ("304", 304)
    assert code(lambda: get(IfUnmodifiedSince=when.replace(year=2001)))[1] == 412
    assert code(lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"y", IfNoneMatch="*")) == (
        "PreconditionFailed",
        412,
    )
    s3.put_object(Bucket=bucket, Key="new", Body=b"y", IfNoneMatch="*")


def test_copies(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a b", Body=b"x", Metadata={"n": "1"}, ContentType="text/plain")
    source = {"Bucket": bucket, "Key": "a b"}
    copied = s3.copy_object(Bucket=bucket, Key="c", CopySource=source)
    assert copied["CopyObjectResult"]["ETag"] == '"%s"' % hashlib.md5(b"x").hexdigest()
    assert s3.head_object(Bucket=bucket, Key="c")["Metadata"] == {"n": "1"}
    s3.copy_object(
        Bucket=bucket, Key="d", CopySource=source, MetadataDirective="REPLACE", Metadata={"m": "2"}
    )
    assert s3.head_object(Bucket=bucket, Key="d")["Metadata"] == {"m": "2"}
    missing = {"Bucket": bucket, "Key": "none"}
    assert code(lambda: s3.copy_object(Bucket=bucket, Key="e", CopySource=missing)) == ("NoSuchKey", 404)
    same = code(lambda: s3.copy_object(Bucket=bucket, Key="a b", CopySource=source))
    assert same == ("InvalidRequest", 400)


# Listings


def test_listings_page_and_group(s3, bucket):
    keys = ["a/1", "a/2", "b/1", "c", "d"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    for name in ("list_objects", "list_objects_v2"):
        pages = list(s3.get_paginator(name).paginate(Bucket=bucket, PaginationConfig={"PageSize": 2}))
        assert [o["Key"] for p in pages for o in p.get("Contents", [])] == keys, name
        assert len(pages) == 3, name
        whole = getattr(s3, name)(Bucket=bucket, Delimiter="/")
        assert [o["Key"] for o in whole["Contents"]] == ["c", "d"], name
        assert [g["Prefix"] for g in whole["CommonPrefixes"]] == ["a/", "b/"], name
    got = s3.list_objects_v2(Bucket=bucket, Prefix="a/", Delimiter="/", FetchOwner=True)
    assert (got["KeyCount"], got["IsTruncated"], got["Prefix"]) == (2, False, "a/")
    assert got["Contents"][0]["Owner"]["ID"]
    got = s3.list_objects_v2(Bucket=bucket, StartAfter="b/1")
    assert [o["Key"] for o in got["Contents"]] == ["c", "d"]


@pytest.mark.not_moto("its first listing gives a group again on the next page")
@pytest.mark.parametrize("name", ["list_objects", "list_objects_v2"])
def test_groups_page_too(s3, bucket, name):
    for key in ["a/1", "a/2", "b/1", "c", "d"]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    pages = list(
        s3.get_paginator(name).paginate(
            Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 1}
        )
    )
    assert [o["Key"] for p in pages for o in p.get("Contents", [])] == ["c", "d"]
    assert [g["Prefix"] for p in pages for g in p.get("CommonPrefixes", [])] == ["a/", "b/"]


def test_many_are_deleted_at_once(s3, bucket):
    for n in range(5):
        s3.put_object(Bucket=bucket, Key=f"k<{n}>&", Body=b"x")
    names = [{"Key": f"k<{n}>&"} for n in range(4)] + [{"Key": "none"}]
    gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": names})
    assert sorted(d["Key"] for d in gone["Deleted"]) == sorted(n["Key"] for n in names)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["k<4>&"]


@pytest.mark.not_moto("it is never quiet")
def test_deleting_may_be_quiet(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}], "Quiet": True})
    assert "Deleted" not in quiet


# Versions


def test_versions_and_delete_markers(s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"0")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="k", Body=b"2")["VersionId"]
    assert s3.get_object(Bucket=bucket, Key="k")["VersionId"] == second
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=first)["Body"].read() == b"1"
    assert s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read() == b"0"
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] is True
    assert code(lambda: s3.get_object(Bucket=bucket, Key="k")) == ("NoSuchKey", 404)
    listed = s3.list_object_versions(Bucket=bucket)
    assert [v["VersionId"] for v in listed["Versions"]] == [second, first, "null"]
    assert [m["VersionId"] for m in listed["DeleteMarkers"]] == [marker["VersionId"]]
    assert listed["DeleteMarkers"][0]["IsLatest"] is True
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"
    refused = code(lambda: s3.get_object(Bucket=bucket, Key="k", VersionId="x" * 32))
    assert refused in [("NoSuchVersion", 404), ("InvalidArgument", 400)]
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 1}
    )
    assert [v["VersionId"] for p in pages for v in p.get("Versions", [])] == [second, first, "null"]


@pytest.mark.not_moto("it does not say that a marker is what is there")
def test_a_delete_marker_shows_in_the_answers_head(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key="k")
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    named = lambda: s3.get_object(Bucket=bucket, Key="k", VersionId=marker)
    assert code(named) == ("MethodNotAllowed", 405)


# Multipart uploads


def test_parts_become_an_object(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big", Metadata={"n": "1"})["UploadId"]
    bodies = [b"a" * (5 << 20), b"b" * (5 << 20), b"c"]
    parts = []
    for number, body in enumerate(bodies, 1):
        done = s3.upload_part(
            Bucket=bucket, Key="big", UploadId=upload, PartNumber=number, Body=body
        )
        parts.append({"PartNumber": number, "ETag": done["ETag"]})
    listed = s3.list_parts(Bucket=bucket, Key="big", UploadId=upload)
    assert [p["Size"] for p in listed["Parts"]] == [5 << 20, 5 << 20, 1]
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["big"]
    done = s3.complete_multipart_upload(
        Bucket=bucket, Key="big", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    digests = b"".join(hashlib.md5(b).digest() for b in bodies)
    assert done["ETag"] == '"%s-3"' % hashlib.md5(digests).hexdigest()
    got = s3.get_object(Bucket=bucket, Key="big")
    assert got["Metadata"] == {"n": "1"}
    assert got["Body"].read() == b"".join(bodies)
    edge = s3.get_object(Bucket=bucket, Key="big", Range=f"bytes={(5 << 20) - 2}-{(5 << 20) + 1}")
    assert edge["Body"].read() == b"aabb"
    part = s3.head_object(Bucket=bucket, Key="big", PartNumber=3)
    assert (part["ContentLength"], part["PartsCount"]) == (1, 3)


def test_bad_uploads_are_refused(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    tags = [
        s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=n, Body=b"x")["ETag"]
        for n in (1, 2)
    ]
    complete = lambda parts: s3.complete_multipart_upload(
        Bucket=bucket, Key="k", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    one, two = ({"PartNumber": n + 1, "ETag": tags[n]} for n in (0, 1))
    assert code(lambda: complete([one, two]))[0] == "EntityTooSmall"
    if PEER != "moto":  # which looks at the sizes first
        assert code(lambda: complete([two, one]))[0] == "InvalidPartOrder"
    assert code(lambda: complete([{"PartNumber": 1, "ETag": '"0"'}]))[0] == "InvalidPart"
    s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=upload)
    if PEER != "moto":  # which breaks here
        assert code(lambda: complete([one])) == ("NoSuchUpload", 404)


def test_a_part_may_be_copied(s3, bucket):
    s3.put_object(Bucket=bucket, Key="src", Body=b"0123456789")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    tag = s3.upload_part_copy(
        Bucket=bucket,
        Key="k",
        UploadId=upload,
        PartNumber=1,
        CopySource={"Bucket": bucket, "Key": "src"},
        CopySourceRange="bytes=2-5",
    )["CopyPartResult"]["ETag"]
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="k",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]},
    )
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2345"


def test_a_file_goes_up_and_down_in_threads(s3, bucket, tmp_path):
    body = os.urandom(20 << 20)
    source, target = tmp_path / "up", tmp_path / "down"
    source.write_bytes(body)
    config = TransferConfig(
        multipart_threshold=6 << 20, multipart_chunksize=6 << 20, max_concurrency=4
    )
    seen = []
    s3.upload_file(str(source), bucket, "big", Config=config, Callback=seen.append)
    assert sum(seen) == len(body)
    assert s3.head_object(Bucket=bucket, Key="big")["ETag"].endswith('-4"')
    s3.download_file(bucket, "big", str(target), Config=config)
    assert target.read_bytes() == body
    s3.copy({"Bucket": bucket, "Key": "big"}, bucket, "copy", Config=config)
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == body


def test_many_clients_at_once(s3, bucket):
    faults = []

    def work(n):
        try:
            mine = client("s3")
            for k in range(10):
                mine.put_object(Bucket=bucket, Key=f"{n}/{k}", Body=b"%d" % k)
        except Exception as fault:  # noqa: BLE001
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not faults
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 80


# Checksums


def _crc32(body):
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


CHECKSUMS = {
    "CRC32": "y/Q5Jg==",
    "CRC32C": "4waSgw==",
    "CRC64NVME": "rosUhgp5mIg=",
    "SHA1": "98O8HYCOBHMq32eZZczDTKeuNEE=",
    "SHA256": "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
}


@pytest.mark.not_moto("it does not answer the checksum that was given")
@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_each_checksum_is_held_to_and_kept(s3, bucket, algorithm):
    body, want, member = b"123456789", CHECKSUMS[algorithm], "Checksum" + algorithm
    put = s3.put_object(Bucket=bucket, Key="k", Body=body, **{member: want})
    assert put[member] == want
    got = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got[member] == want
    assert s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")[member] == want


@pytest.mark.not_moto("it takes any checksum")
@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_wrong_checksum_is_refused(s3, bucket, algorithm):
    wrong = base64.b64encode(b"\0" * len(base64.b64decode(CHECKSUMS[algorithm]))).decode()
    member = "Checksum" + algorithm
    put = lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"123456789", **{member: wrong})
    assert code(put) == ("BadDigest", 400)
    assert code(lambda: s3.get_object(Bucket=bucket, Key="k")) == ("NoSuchKey", 404)


@pytest.mark.not_moto("it takes any digest")
def test_a_wrong_md5_is_refused(s3, bucket):
    put = lambda md5: s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentMD5=md5)
    assert code(lambda: put(base64.b64encode(b"\0" * 16).decode())) == ("BadDigest", 400)
    assert code(lambda: put("x")) == ("InvalidDigest", 400)


def test_a_stream_without_a_seek_goes_with_a_trailing_checksum(s3, bucket):
    """boto3 frames it as aws-chunked with the checksum behind it."""
    body = os.urandom(3 << 20)
    put = s3.put_object(Bucket=bucket, Key="k", Body=io.BytesIO(body), ChecksumAlgorithm="CRC32")
    assert put["ChecksumCRC32"] == _crc32(body)
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == body
    assert "aws-chunked" not in got.get("ContentEncoding", "")


@pytest.mark.not_moto("it needs a signed chunk's framing taken off")
def test_a_trailing_checksum_over_plain_http(s3, bucket):
    """As the other SDKs send it: unsigned chunks, the checksum in the trailer."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    from conftest import KEY, REGION, SECRET

    body = b"hello world"
    check = {"good": _crc32(body), "bad": _crc32(b"other")}
    for name, checksum in check.items():
        framed = b"6\r\nhello \r\n5\r\nworld\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n" % checksum.encode()
        request = AWSRequest(
            method="PUT",
            url=f"{ENDPOINT}/{bucket}/{name}",
            data=framed,
            headers={
                "x-amz-decoded-content-length": str(len(body)),
                "x-amz-trailer": "x-amz-checksum-crc32",
                "content-encoding": "aws-chunked",
                "content-type": "text/plain",
            },
        )
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
        S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION).add_auth(request)
        assert request.headers["X-Amz-Content-SHA256"] == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        status, _, text = fetch(request.url, "PUT", framed, dict(request.headers))
        assert status == (200 if name == "good" else 400), text
    assert s3.get_object(Bucket=bucket, Key="good")["Body"].read() == body


# Tags


def test_tags(s3, bucket):
    tags = [{"Key": "a b", "Value": "1+2/@"}, {"Key": "c", "Value": "d"}]
    assert code(lambda: s3.get_bucket_tagging(Bucket=bucket)) == ("NoSuchTagSet", 404)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert sorted(s3.get_bucket_tagging(Bucket=bucket)["TagSet"], key=str) == sorted(tags, key=str)
    s3.delete_bucket_tagging(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="a=1&b=x%20y")
    got = s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
    assert sorted((t["Key"], t["Value"]) for t in got) == [("a", "1"), ("b", "x y")]
    assert s3.get_object(Bucket=bucket, Key="k")["TagCount"] == 2
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags[:1]})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags[:1]
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []


# Other settings


def test_cors_lifecycle_and_encryption_come_back(s3, bucket):
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAgeSeconds": 3000}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == [rule]
    s3.delete_bucket_cors(Bucket=bucket)
    assert code(lambda: s3.get_bucket_cors(Bucket=bucket)) == ("NoSuchCORSConfiguration", 404)
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 7}}
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}
    )
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [rule]


# Access


def test_new_buckets_are_private(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"secret")
    acl = s3.get_bucket_acl(Bucket=bucket)
    assert [g["Permission"] for g in acl["Grants"]] == ["FULL_CONTROL"]
    assert acl["Grants"][0]["Grantee"]["Type"] == "CanonicalUser"


@pytest.mark.not_moto("it asks nobody who they are")
def test_strangers_see_nothing_of_a_private_bucket(s3, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"secret")
    status, _, body = fetch(f"{ENDPOINT}/{bucket}/k")
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)
    assert fetch(f"{ENDPOINT}/{bucket}", "HEAD")[0] == 403


@pytest.mark.not_moto("it makes buckets without a public access block")
def test_the_public_access_block_stands_before_a_policy(s3, bucket):
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    public = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            },
        }
    )
    put = lambda: s3.put_bucket_policy(Bucket=bucket, Policy=public)
    assert code(put) == ("AccessDenied", 403)
    s3.put_object(Bucket=bucket, Key="k", Body=b"open")
    open_to_public(s3, bucket)
    put()
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    assert fetch(f"{ENDPOINT}/{bucket}/k")[::2] == (200, b"open")
    assert fetch(f"{ENDPOINT}/{bucket}")[0] == 403
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )
    assert fetch(f"{ENDPOINT}/{bucket}/k")[0] == 403


def test_a_policy_comes_back_as_it_went(s3, bucket):
    assert code(lambda: s3.get_bucket_policy(Bucket=bucket)) == ("NoSuchBucketPolicy", 404)
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "NoDeletes",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:DeleteObject",
                    "Resource": f"arn:aws:s3:::{bucket}/*",
                }
            ],
        }
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(policy)
    if PEER != "moto":  # which reads no policy
        assert code(lambda: s3.put_bucket_policy(Bucket=bucket, Policy="{"))[0] == "MalformedPolicy"
    s3.delete_bucket_policy(Bucket=bucket)


@pytest.mark.not_moto("it asks nobody who they are")
def test_an_acl_lets_the_world_read(s3, bucket):
    open_to_public(s3, bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"open", ACL="public-read")
    assert fetch(f"{ENDPOINT}/{bucket}/k")[::2] == (200, b"open")
    grants = s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]
    everyone = [g["Permission"] for g in grants if g["Grantee"]["Type"] == "Group"]
    assert everyone == ["READ"]
    s3.put_object_acl(Bucket=bucket, Key="k", ACL="private")
    assert fetch(f"{ENDPOINT}/{bucket}/k")[0] == 403


@pytest.mark.not_moto("it makes buckets with ACLs enabled")
def test_new_buckets_take_no_acls(s3, bucket):
    put = lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"", ACL="public-read")
    assert code(put) == ("AccessControlListNotSupported", 400)


# Presigned URLs


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_opens_one_object(s3, bucket, version):
    signer = client("s3", signature_version=version)
    name = {"Bucket": bucket, "Key": "a b/é+.txt"}
    put = signer.generate_presigned_url("put_object", Params=name)
    assert fetch(put, "PUT", b"by url")[0] == 200
    get = signer.generate_presigned_url("get_object", Params=name)
    assert fetch(get)[::2] == (200, b"by url")


@pytest.mark.not_moto("it asks nobody who they are")
@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_opens_nothing_else(s3, bucket, version):
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    s3.put_object(Bucket=bucket, Key="other", Body=b"2")
    signer = client("s3", signature_version=version)
    url = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    status, _, body = fetch(url.replace("/k?", "/other?"))
    assert (status, b"<Code>SignatureDoesNotMatch</Code>" in body) == (403, True)
    assert fetch(url, "DELETE")[0] == 403
    old = signer.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=-60 if version == "s3" else 1
    )
    if version == "s3v4":
        __import__("time").sleep(2.1)
    status, _, body = fetch(old)
    assert (status, b"Request has expired" in body) == (403, True)


# Addressing


@pytest.mark.not_moto("it wants its own host names")
def test_a_bucket_in_the_host_name(s3, bucket):
    open_to_public(s3, bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"open", ACL="public-read")
    for host in (f"{bucket}.s3.amazonaws.com", f"{bucket}.s3.us-east-1.amazonaws.com", f"{bucket}.localhost"):
        assert fetch(f"{ENDPOINT}/k", headers={"Host": host})[::2] == (200, b"open"), host


# What is not there


@pytest.mark.not_moto("it answers some of these")
def test_what_is_not_simulated_says_so(s3, bucket):
    assert code(lambda: s3.get_object_torrent(Bucket=bucket, Key="k")) == ("NotImplemented", 501)
    assert code(lambda: s3.list_bucket_inventory_configurations(Bucket=bucket)) == (
        "NotImplemented",
        501,
    )
    streams = client("kinesis")
    with pytest.raises(ClientError) as caught:
        streams.list_streams()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
    assert "not simulated" in caught.value.response["Error"]["Message"]
    assert code(lambda: client("ec2").describe_fleets()) == ("UnsupportedOperation", 400)
    assert code(lambda: client("redshift").describe_clusters()) == ("InvalidAction", 400)
    assert code(lambda: client("lambda").list_functions())[0] == "UnknownOperationException"


def minimal(s3, bucket, shape):
    """What a request must say, and a little of what it may."""
    body = {"Bucket": bucket, "Key": "k", "CopySource": f"{bucket}/k", "Body": b"x", "Tagging": {"TagSet": []}}
    body |= {"UploadId": "none", "PartNumber": 1, "ObjectAttributes": ["ETag"], "Delete": {"Objects": []}}
    return {name: body[name] for name in shape.required_members if name in body}


@pytest.mark.not_moto("it passes most of them over")
def test_no_word_that_is_none_of_a_set_is_passed_over(s3, bucket):
    """Every header and parameter that botocore's model gives a set of words, with another word."""
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    model, passed, asked = s3.meta.service_model, [], 0
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        for member, of in (shape.members if shape else {}).items():
            words = of.member if of.type_name == "list" else of
            place = of.serialization.get("location")
            if place not in ("header", "querystring") or not getattr(words, "enum", None):
                continue
            asked += 1
            given = minimal(s3, bucket, shape)
            if member == "ChecksumAlgorithm":
                # The client judges this one by itself.
                continue
            given[member] = ["NONSENSE"] if of.type_name == "list" else "NONSENSE"
            method = getattr(s3, xform_name(name))
            try:
                method(**given)
                passed.append(f"{name}.{member}")
            except ClientError as error:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] >= 400
            except ParamValidationError:
                pass
    assert asked > 60
    assert not passed
