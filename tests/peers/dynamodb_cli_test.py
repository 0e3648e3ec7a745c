"""DynamoDB as Amazon's own `aws` sees it: command lines, and what they print."""

import json
import os
import shlex
import subprocess
import sys

import pytest

from conftest import ENDPOINT, KEY, PEER, REGION, SECRET, unique

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
TABLE = unique("cli")


def aws(line):
    """Exit code, and what is printed: JSON, text or the complaint."""
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    words = [AWS, "--endpoint-url", ENDPOINT, *shlex.split(line.replace("TABLE", TABLE))]
    done = subprocess.run(words, capture_output=True, text=True, env=env, timeout=120)
    told = (done.stdout or done.stderr).strip()
    try:
        return done.returncode, json.loads(told)
    except ValueError:
        return done.returncode, told


# Lines, what they end with and what they print. They follow one another.
LINES = [
    ("dynamodb create-table --table-name TABLE --attribute-definitions AttributeName=id,AttributeType=S AttributeName=n,AttributeType=N --key-schema AttributeName=id,KeyType=HASH AttributeName=n,KeyType=RANGE --billing-mode PAY_PER_REQUEST --query TableDescription.TableName", 0, "TABLE"),
    ("dynamodb wait table-exists --table-name TABLE", 0, ""),
    ("dynamodb describe-table --table-name TABLE --query Table.TableStatus --output text", 0, "ACTIVE"),
    ("dynamodb put-item --table-name TABLE --item '{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"},\"v\":{\"S\":\"x\"}}'", 0, ""),
    ("dynamodb get-item --table-name TABLE --key '{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}'", 0, {"Item": {"id": {"S": "a"}, "n": {"N": "1"}, "v": {"S": "x"}}}),
    ("dynamodb get-item --table-name TABLE --key '{\"id\":{\"S\":\"b\"},\"n\":{\"N\":\"1\"}}'", 0, ""),
    ("dynamodb put-item --table-name TABLE --item '{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}' --condition-expression 'attribute_not_exists(id)'", 255, "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: The conditional request failed"),
    ("dynamodb update-item --table-name TABLE --key '{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}' --update-expression 'SET v = :v' --expression-attribute-values '{\":v\":{\"N\":\"5\"}}' --return-values UPDATED_NEW --query Attributes", 0, {"v": {"N": "5"}}),
    ("dynamodb update-item --table-name TABLE --key '{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"2\"}}' --update-expression 'ADD #c :o' --expression-attribute-names '{\"#c\":\"count\"}' --expression-attribute-values '{\":o\":{\"N\":\"1\"}}' --return-values ALL_NEW --query Attributes.count.N --output text", 0, "1"),
    ("dynamodb query --table-name TABLE --key-condition-expression 'id = :i' --expression-attribute-values '{\":i\":{\"S\":\"a\"}}' --query Items[].n.N", 0, ["1", "2"]),
    ("dynamodb query --table-name TABLE --key-condition-expression 'id = :i' --expression-attribute-values '{\":i\":{\"S\":\"a\"}}' --no-scan-index-forward --query Items[].n.N --output text", 0, "2\t1"),
    ("dynamodb query --table-name TABLE --key-condition-expression 'id = :i AND n > :n' --expression-attribute-values '{\":i\":{\"S\":\"a\"},\":n\":{\"N\":\"1\"}}' --select COUNT", 0, {"Count": 1, "ScannedCount": 1, "ConsumedCapacity": None}),
    ("dynamodb scan --table-name TABLE --page-size 1 --query Count", 0, 2),
    ("dynamodb scan --table-name TABLE --max-items 1 --query 'Items[0].n.N'", 0, "1"),
    ("dynamodb scan --table-name TABLE --filter-expression 'attribute_exists(v)' --projection-expression v --query Items", 0, [{"v": {"N": "5"}}]),
    ("dynamodb batch-write-item --request-items '{\"TABLE\":[{\"PutRequest\":{\"Item\":{\"id\":{\"S\":\"b\"},\"n\":{\"N\":\"1\"}}}}]}' --query UnprocessedItems", 0, ""),
    ("dynamodb batch-get-item --request-items '{\"TABLE\":{\"Keys\":[{\"id\":{\"S\":\"b\"},\"n\":{\"N\":\"1\"}}]}}' --query 'Responses.*[] | [0].id.S' --output text", 0, "b"),
    ("dynamodb transact-write-items --transact-items '[{\"Delete\":{\"TableName\":\"TABLE\",\"Key\":{\"id\":{\"S\":\"b\"},\"n\":{\"N\":\"1\"}}}}]'", 0, ""),
    ("dynamodb transact-get-items --transact-items '[{\"Get\":{\"TableName\":\"TABLE\",\"Key\":{\"id\":{\"S\":\"b\"},\"n\":{\"N\":\"1\"}}}}]'", 0, {"Responses": [{}]}),
    ("dynamodb delete-item --table-name TABLE --key '{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"2\"}}' --return-values ALL_OLD --query Attributes.count.N --output text", 0, "1"),
    ("dynamodb describe-time-to-live --table-name TABLE", 0, {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}),
    ("dynamodb update-time-to-live --table-name TABLE --time-to-live-specification Enabled=true,AttributeName=until --query TimeToLiveSpecification.AttributeName --output text", 0, "until"),
    ("dynamodb describe-continuous-backups --table-name TABLE --query ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus --output text", 0, "DISABLED"),
    ("dynamodb list-backups --table-name TABLE --query BackupSummaries", 0, []),
    ("dynamodb describe-endpoints --query Endpoints[0].CachePeriodInMinutes", 0, 1440),
    ("dynamodbstreams list-streams --table-name TABLE --query Streams", 0, []),
    ("dynamodb get-item --table-name no-such-table --key '{\"id\":{\"S\":\"a\"}}'", 255, "An error occurred (ResourceNotFoundException) when calling the GetItem operation: Requested resource not found"),
    ("dynamodb query --table-name TABLE --key-condition-expression 'n = :n' --expression-attribute-values '{\":n\":{\"N\":\"1\"}}'", 255, "An error occurred (ValidationException) when calling the Query operation: Query condition missed key schema element: id"),
    ("dynamodb delete-table --table-name TABLE --query TableDescription.TableName --output text", 0, "TABLE"),
    ("dynamodb wait table-not-exists --table-name TABLE", 0, ""),
    ("dynamodb describe-table --table-name TABLE", 255, "An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: Requested resource not found: Table: TABLE not found"),
]  # fmt: skip


@pytest.mark.parametrize("line, code, told", LINES, ids=[line.split(" --")[0] for line, *_ in LINES])
def test_a_line(pass_time, line, code, told):
    if "wait" in line.split():
        pass_time("+10s")
    if isinstance(told, str):
        told = told.replace("TABLE", TABLE)
    got = aws(line)
    if PEER == "moto" and "transact-write" in line:  # which answers with empty lists, unasked
        told = {"ConsumedCapacity": [], "ItemCollectionMetrics": {}}
    assert got[0] == code, got
    if told != "" and isinstance(got[1], int) and isinstance(told, str):
        got = code, str(got[1])
    assert got[1] == told
