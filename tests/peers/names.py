"""Clients in a lab's shell that are told no endpoint: AWS's own names must lead to the lab's world.

Run by `distlab shell LAB -- python names.py`, with the Python of the peers' environment.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = boto3.client("sts").get_caller_identity()["Account"]


def check(what, got, want):
    if got != want:
        sys.exit(f"{what}: wanted {want!r}, got {got!r}")
    print(f"  {what}")


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def buckets_by_name():
    s3 = boto3.client("s3", config=Config(s3={"addressing_style": "virtual"}))
    s3.create_bucket(Bucket="by-name")
    told = s3.put_object(Bucket="by-name", Key="a/ä b", Body=b"hello", Metadata={"n": "1"})
    check("a bucket's own host takes an object", told["ResponseMetadata"]["HTTPStatusCode"], 200)
    got = s3.get_object(Bucket="by-name", Key="a/ä b")
    check("and gives it back", (got["Body"].read(), got["Metadata"]), (b"hello", {"n": "1"}))
    check("it is AWS's name", s3.meta.endpoint_url, "https://s3.amazonaws.com")
    with tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(9 << 20))
        file.flush()
        s3.upload_file(file.name, "by-name", "long")
        s3.download_file("by-name", "long", file.name + ".back")
        with open(file.name, "rb") as one, open(file.name + ".back", "rb") as other:
            check("a file in parts comes back the same", one.read() == other.read(), True)
        os.unlink(file.name + ".back")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "by-name", "Key": "a/ä b"})
    check("a presigned URL is AWS's", url.startswith("https://by-name.s3.amazonaws.com/a/"), True)
    check("urllib opens it", urllib.request.urlopen(url, timeout=30).read(), b"hello")
    check("and curl", run("curl", "-sS", url), "hello")


def other_services():
    iam = boto3.client("iam")
    iam.create_user(UserName="named")
    key = iam.create_access_key(UserName="named")["AccessKey"]
    check("IAM's name", iam.meta.endpoint_url, "https://iam.amazonaws.com")
    sts = boto3.client(
        "sts",
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    arn = f"arn:aws:iam::{ACCOUNT}:user/named"
    check("STS knows the user that IAM made", sts.get_caller_identity()["Arn"], arn)
    try:
        boto3.client("lambda").list_functions()
        sys.exit("Lambda is simulated now: name another service here")
    except ClientError as error:
        message = error.response["Error"]["Message"]
        check("what is not simulated says so", "not simulated here" in message, True)


def amazons_own_aws():
    aws = os.path.join(os.path.dirname(sys.executable), "aws")
    told = json.loads(run(aws, "sts", "get-caller-identity"))
    check("Amazon's aws is who the lab says", told["Account"], ACCOUNT)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "note.txt")
        with open(path, "w") as file:
            file.write("by hand")
        run(aws, "s3", "mb", "s3://by-cli")
        run(aws, "s3", "cp", path, "s3://by-cli/note.txt")
        check("it copies there and back", run(aws, "s3", "cp", "s3://by-cli/note.txt", "-"), "by hand")
    # The lab's own is first on PATH, and speaks of the same world.
    check("the lab's aws sees it", "note.txt" in run("aws", "s3", "ls", "s3://by-cli"), True)


buckets_by_name()
other_services()
amazons_own_aws()
