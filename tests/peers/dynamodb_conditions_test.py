"""DynamoDB as boto3 sees it: condition expressions."""

import pytest

from dynamodb_kit import (
    MOTO_EXPRESSIONS,
    bad,
    key,
    not_moto,
    placeholders,
    plain,
    put,
    refused,
    syntax,
    typed,
    update,
)


# An update that changes nothing; moto ends with 500 when there is none.
NOTHING = {"UpdateExpression": "REMOVE nothing"}
HOLD = """
n = :five                       | n <> :one                        | gone <> :x
n < :nine                       | n <= :five                       | n > :one
n >= :five                      | s > :he                          | b > :bytes
ss = :ab                        | t = :true                        | nil = :null
m.k = :one                      | l[0] > :nine                     | l[2].x <> :x
l[2] = :map                     | m.box.l[0] = :p                  | #n = :five
#dot <> :x                      | #m.k = :one                      | :five = n
n BETWEEN :one AND :nine        | n between :five and :five        | s BETWEEN :he AND :x
n IN (:one, :five)              | s IN (:x, :hello)                | NOT n IN (:one, :two)
attribute_exists(n)             | attribute_exists(m.box.l[1])     | attribute_not_exists(gone)
attribute_not_exists(m.gone)    | attribute_not_exists(l[9])       | attribute_exists(#name)
attribute_type(s, :S)           | attribute_type(n, :N)            | attribute_type(ss, :SS)
attribute_type(m, :M)           | attribute_type(nil, :NULL)       | attribute_type(l, :L)
attribute_type(b, :B)           | attribute_type(t, :BOOL)         | attribute_type(ns, :NS)
attribute_type(bs, :BS)         | begins_with(s, :he)              | begins_with(b, :bytes)
contains(s, :he)                | contains(ss, :a)                 | contains(ns, :two)
contains(l, :ten)               | contains(l, :map)                | contains(b, :byte)
contains(bs, :byte)             | contains(m.box.l, :p)            | size(s) = :five
size(ss) = :two                 | size(b) = :three                 | size(l) > size(ss)
size(m) = :two                  | size(uml) = :two                 | NOT n = :one
n = :five AND s = :hello        | n = :one OR s = :hello           | n = :five OR n = :one AND n = :two
(n = :five OR n = :one) AND s = :hello | NOT (n = :one AND n = :five) | (n = :five)
"""
FAIL = """
n = :one                        | n = :x                           | gone = :x
n <> :five                      | n < :one                         | n < :x
gone < :x                       | s < :five                        | n BETWEEN :nine AND :nine
gone BETWEEN :one AND :nine     | n IN (:one, :two)                | attribute_exists(gone)
attribute_exists(l[4])          | attribute_not_exists(n)          | attribute_type(n, :S)
attribute_type(gone, :S)        | begins_with(s, :x)               | begins_with(gone, :x)
contains(s, :x)                 | contains(gone, :x)               | contains(ss, :x)
contains(l, :x)                 | size(gone) = :one                | NOT n = :five
n = :five AND s = :x            | (n = :five OR n = :one) AND s = :x | begins_with(n, :x)
size(n) = :one                  | contains(n, :x)                  | contains(ss, :one)
"""


def conditions(text):
    cases = []
    for condition in [cell.strip() for line in text.strip().splitlines() for cell in line.split("|")]:
        reason = MOTO_EXPRESSIONS.get(condition)
        marks = [not_moto(reason)] if reason else []
        cases.append(pytest.param(condition, marks=marks, id=condition))
    return cases


@pytest.mark.parametrize("condition", conditions(HOLD))
def test_a_condition_holds(db, one, sample, condition):
    more = placeholders(condition)
    db.update_item(**sample, **NOTHING, ConditionExpression=condition, **more)
    more.setdefault("ExpressionAttributeValues", {})[":id"] = {"S": "sample"}
    found = db.query(
        TableName=one, KeyConditionExpression="id = :id", FilterExpression=condition, **more
    )
    assert (found["Count"], found["ScannedCount"]) == (1, 1)


@pytest.mark.parametrize("condition", conditions(FAIL))
def test_a_condition_fails(db, sample, condition):
    more = placeholders(condition)
    call = lambda: db.update_item(**sample, **NOTHING, ConditionExpression=condition, **more)
    assert refused(call, "ConditionalCheckFailedException") == "The conditional request failed"


@not_moto("it takes some, and ends with 500 at others")
@pytest.mark.parametrize(
    "condition, message",
    [
        bad("", "The expression can not be empty;"),
        bad("n =", syntax("<EOF>", "=")),
        bad("n == :x", syntax("=", "== :x")),
        bad("n = :x AND", syntax("<EOF>", "AND")),
        bad("n = :x s", syntax("s", ":x s")),
        bad("(n = :x", syntax("<EOF>", ":x")),
        bad("n = 5", syntax("5", "= 5")),
        bad("l[a] = :x", syntax("a", "[a]")),
        bad("n IN ()", syntax(")", "()")),
        bad("((n = :five))", "The expression has redundant parentheses;"),
        bad("name = :x", "Attribute name is a reserved keyword; reserved keyword: name"),
        bad("Status = :x", "Attribute name is a reserved keyword; reserved keyword: Status"),
        bad("m.size = :x", "Attribute name is a reserved keyword; reserved keyword: size"),
        bad("foo(n)", "Invalid function name; function: foo"),
        bad("Size(n) = :x", "Invalid function name; function: Size"),
        bad(
            "size(n)",
            "The function is not allowed to be used this way in an expression; function: size",
        ),
        bad(
            "n = if_not_exists(n, :x)",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        bad(
            "attribute_exists(n, s)",
            "Incorrect number of operands for operator or function; operator or function: "
            "attribute_exists, number of operands: 2",
        ),
        bad(
            "n < :true",
            "Incorrect operand type for operator or function; operator or function: <, operand "
            "type: BOOL",
        ),
        bad(
            "begins_with(n, :five)",
            "Incorrect operand type for operator or function; operator or function: begins_with, "
            "operand type: N",
        ),
        bad(
            "attribute_type(n, :T)",
            "Invalid attribute type name found; type: T, valid types: "
            "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        bad(
            "n = #n",
            "The first operand must be distinct from the remaining operands for this operator or "
            "function; operator: =, first operand: [n]",
        ),
        bad(
            "n BETWEEN :five AND :one",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower "
            "bound; lower bound operand: AttributeValue: {N:5}, upper bound operand: "
            "AttributeValue: {N:1}",
        ),
        bad(
            "n = :undefined",
            "An expression attribute value used in expression is not defined; attribute value: "
            ":undefined",
        ),
        bad(
            "#undefined = :x",
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #undefined",
        ),
    ],
)
def test_a_bad_condition_is_refused(db, sample, condition, message):
    more = placeholders(condition)
    call = lambda: db.update_item(**sample, **NOTHING, ConditionExpression=condition, **more)
    assert refused(call) == "Invalid ConditionExpression: " + message


@not_moto("it looks at them in another order")
def test_placeholders_are_looked_at(db, loose, sample):
    update = lambda **more: refused(lambda: loose.update_item(**sample, **more))
    assert update(ConditionExpression="n = :v", ExpressionAttributeValues={":v": typed(5), ":w": typed(1)}) == (
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"
    )
    assert update(
        ConditionExpression="attribute_exists(n)", ExpressionAttributeNames={"#a": "a"}
    ) == "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"
    assert update(ExpressionAttributeNames={"#a": "a"}) == (
        "ExpressionAttributeNames can only be specified when using expressions"
    )
    assert update(ExpressionAttributeValues={":a": typed(1)}) == (
        "ExpressionAttributeValues can only be specified when using expressions: "
        "UpdateExpression and ConditionExpression are null"
    )
    assert update(ConditionExpression="attribute_exists(n)", ExpressionAttributeNames={}) == (
        "ExpressionAttributeNames must not be empty"
    )
    assert update(ConditionExpression="attribute_exists(n)", ExpressionAttributeValues={}) == (
        "ExpressionAttributeValues must not be empty"
    )
    assert update(
        ConditionExpression="attribute_exists(n)", ExpressionAttributeNames={"a": "n"}
    ) == 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'
    assert update(
        ConditionExpression="attribute_exists(n)", ExpressionAttributeValues={"v": typed(1)}
    ) == 'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"'


def test_a_failed_condition_shows_the_item(db, one):
    put(db, one, id="shown", n=1)
    new = dict(ConditionExpression="attribute_not_exists(id)")
    calls = [
        lambda **more: db.put_item(TableName=one, Item=key("shown"), **new, **more),
        lambda **more: db.delete_item(TableName=one, Key=key("shown"), **new, **more),
        lambda **more: db.update_item(TableName=one, Key=key("shown"), **new, **more),
    ]
    for call in calls:
        with pytest.raises(db.exceptions.ConditionalCheckFailedException) as caught:
            call(ReturnValuesOnConditionCheckFailure="ALL_OLD")
        assert plain(caught.value.response["Item"]) == {"id": "shown", "n": 1}
        with pytest.raises(db.exceptions.ConditionalCheckFailedException) as caught:
            call()
        assert "Item" not in caught.value.response
