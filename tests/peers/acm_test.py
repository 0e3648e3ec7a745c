"""Certificate Manager as boto3 sees it: certificates that were made elsewhere."""

import datetime

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from conftest import PEER, client, unique

PEM = serialization.Encoding.PEM
UNSEALED = serialization.NoEncryption()


@pytest.fixture(scope="module")
def acm():
    return client("acm")


def made(name, *others, kind="rsa", form=serialization.PrivateFormat.PKCS8):
    """A certificate that signed itself, and its key, as text."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = x509.SubjectAlternativeName([x509.DNSName(one) for one in (name, *others)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(PEM), key.private_bytes(PEM, form, UNSEALED), built


def refused(call, code):
    with pytest.raises(ClientError) as error:
        call()
    assert error.value.response["Error"]["Code"] == code
    return error.value.response["Error"]["Message"]


def test_a_certificate_is_imported(acm):
    name = unique("www") + ".example.com"
    body, key, built = made(name, "*." + name)
    tags = [{"Key": "stage", "Value": "test"}]
    arn = acm.import_certificate(Certificate=body, PrivateKey=key, Tags=tags)["CertificateArn"]
    told = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (told["DomainName"], told["Type"], told["Status"]) == (name, "IMPORTED", "ISSUED")
    assert told["SubjectAlternativeNames"] == [name, "*." + name]
    if PEER != "moto":
        digits = f"{built.serial_number:x}"
        digits = digits.zfill(len(digits) + len(digits) % 2)
        assert told["Serial"] == ":".join(digits[at:at + 2] for at in range(0, len(digits), 2))
        assert told["NotAfter"] == built.not_valid_after_utc
        assert (told["KeyAlgorithm"], told["SignatureAlgorithm"]) == ("RSA-2048", "SHA256WITHRSA")
    assert acm.get_certificate(CertificateArn=arn)["Certificate"].encode() == body
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == tags
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "x", "Value": "y"}])
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=tags)
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "x", "Value": "y"}]
    pages = acm.get_paginator("list_certificates").paginate(PaginationConfig={"PageSize": 1})
    listed = [one["CertificateArn"] for page in pages for one in page["CertificateSummaryList"]]
    assert arn in listed
    acm.delete_certificate(CertificateArn=arn)
    refused(lambda: acm.describe_certificate(CertificateArn=arn), "ResourceNotFoundException")


@pytest.mark.not_moto("it reads fewer keys")
def test_keys_of_every_form(acm):
    older = serialization.PrivateFormat.TraditionalOpenSSL
    for kind, form in [("rsa", older), ("ec", older), ("ec", serialization.PrivateFormat.PKCS8)]:
        body, key, _ = made("a.example.com", kind=kind, form=form)
        arn = acm.import_certificate(Certificate=body, PrivateKey=key)["CertificateArn"]
        wanted = "RSA-2048" if kind == "rsa" else "EC-prime256v1"
        assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["KeyAlgorithm"] == wanted
        acm.delete_certificate(CertificateArn=arn)


@pytest.mark.not_moto("it holds no key to its certificate")
def test_what_cannot_be_imported(acm):
    body, key, _ = made("a.example.com")
    _, other, _ = made("a.example.com")
    refused(lambda: acm.import_certificate(Certificate=body, PrivateKey=other), "ValidationException")
    refused(lambda: acm.import_certificate(Certificate=b"x", PrivateKey=key), "ValidationException")
    message = refused(lambda: acm.import_certificate(Certificate=body * 2, PrivateKey=key), "ValidationException")
    assert message.startswith("The certificate field contains more than one certificate.")
    with pytest.raises(ClientError):
        acm.request_certificate(DomainName="www.example.com")
