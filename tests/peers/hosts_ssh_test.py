"""OpenSSH of this machine (`ssh`, `scp`, `sftp`, `curl`) at simulated instances."""

import json
import os
import subprocess

import pytest

from conftest import PEER, client

pytestmark = pytest.mark.skipif(PEER == "moto", reason="moto's instances run nothing")

IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
WEB = "#!/bin/bash\nyum install -y httpd\nsystemctl enable --now httpd\necho hello > /var/www/html/index.html\n"


class Rig:
    def __init__(self, folder):
        self.folder = folder
        told = subprocess.run(
            [os.environ.get("DISTLAB", "distlab"), "env", "--json", "serve"], check=True, capture_output=True
        )
        self.env = {**os.environ, **json.loads(told.stdout)}

    def run(self, *words, stdin=None, timeout=60):
        done = subprocess.run(
            words, cwd=self.folder, env=self.env, input=stdin, capture_output=True, text=True, timeout=timeout
        )
        return done.returncode, done.stdout, done.stderr

    def options(self, key, *more):
        named = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", "ConnectTimeout=5", *more]
        return ["-i", key, *(word for option in named for word in ("-o", option))]

    def ssh(self, key, where, *command, **more):
        return self.run("ssh", *self.options(key), where, *command, **more)


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    return Rig(tmp_path_factory.mktemp("ssh"))


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def machine(request, rig, pass_time):
    """An instance, its group and address, and the file of its key."""
    ec2 = client("ec2")
    name = f"peer-{request.param}"
    key = ec2.create_key_pair(KeyName=name, KeyType=request.param)
    file = rig.folder / f"{name}.pem"
    file.write_text(key["KeyMaterial"] + "\n")
    file.chmod(0o400)
    group = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
    made = ec2.run_instances(
        ImageId=IMAGE, InstanceType="t2.micro", MinCount=1, MaxCount=1, KeyName=name,
        SecurityGroupIds=[group], UserData=WEB,
    )["Instances"][0]["InstanceId"]
    pass_time("+3m")
    shown = ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"][0]
    yield ec2, made, group, shown["PublicIpAddress"], shown["PublicDnsName"], file.name
    ec2.terminate_instances(InstanceIds=[made])
    pass_time("+1m")
    ec2.delete_security_group(GroupId=group)
    ec2.delete_key_pair(KeyName=name)


def let_in(ec2, group, port):
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0"
    )


def test_ssh_scp_and_sftp(rig, machine, pass_time):
    ec2, instance, group, address, name, key = machine

    # Nobody is let in: silence, which OpenSSH's own patience ends.
    status, _, errors = rig.run("ssh", *rig.options(key), "-o", "ConnectTimeout=2", f"ec2-user@{address}", "true")
    assert status == 255 and "timed out" in errors, errors
    status, told, _ = rig.run("reach", f"{address}:22")
    assert status == 0 and "does not arrive" in told and group in told, told
    let_in(ec2, group, 22)

    status, out, errors = rig.ssh(key, f"ec2-user@{address}", "uptime")
    assert status == 0 and "load average" in out, errors
    assert rig.ssh(key, f"ec2-user@{name}", "whoami")[:2] == (0, "ec2-user\n")
    assert rig.ssh(key, f"ec2-user@{address}", "echo x >&2; exit 7") [::2] == (7, "x\n")
    # What is read from a pipe, and a shell that reads its script from one.
    assert rig.ssh(key, f"ec2-user@{address}", "cat > a; wc -c < a", stdin="12345")[:2] == (0, "5\n")
    assert rig.ssh(key, f"ec2-user@{address}", stdin="cd /tmp\npwd\nexit 3\n")[:2] == (3, "/tmp\n")

    status, _, errors = rig.ssh(key, f"root@{address}", "true")
    assert status == 255 and "Permission denied (publickey)" in errors, errors
    (rig.folder / key).chmod(0o644)
    status, _, errors = rig.ssh(key, f"ec2-user@{address}", "true")
    assert status == 255 and "UNPROTECTED PRIVATE KEY FILE" in errors, errors
    (rig.folder / key).chmod(0o400)

    bytes_ = os.urandom(300_000)
    (rig.folder / "big").write_bytes(bytes_)
    assert rig.run("scp", *rig.options(key), "big", f"ec2-user@{address}:/tmp/")[0] == 0
    assert rig.ssh(key, f"ec2-user@{address}", "wc -c < /tmp/big")[1] == "300000\n"
    assert rig.run("scp", *rig.options(key), f"ec2-user@{address}:/tmp/big", "back")[0] == 0
    assert (rig.folder / "back").read_bytes() == bytes_
    batch = "mkdir d\nput big d/big\nls d\nrename d/big d/other\nget d/other again\nrm d/other\nrmdir d\n"
    status, out, errors = rig.run("sftp", *rig.options(key), "-b", "-", f"ec2-user@{address}", stdin=batch)
    assert status == 0 and "d/big" in out, (out, errors)
    assert (rig.folder / "again").read_bytes() == bytes_
    status, _, errors = rig.run("scp", *rig.options(key), "big", f"ec2-user@{address}:/etc/big")
    assert status != 0 and "Permission denied" in errors, errors

    # A terminal: it prompts, and shows what is typed.
    script = f"{{ sleep 1; printf 'tput cols\\r'; sleep 1; printf 'exit 5\\r'; sleep 1; }} | ssh -tt {' '.join(rig.options(key))} ec2-user@{address}"
    status, out, _ = rig.run("sh", "-c", script)
    assert status == 5 and "ec2-user@ip-" in out and "tput cols\n80\n" in out and "logout" in out, out

    rig.ssh(key, f"ec2-user@{address}", "sudo systemctl stop sshd")
    status, _, errors = rig.ssh(key, f"ec2-user@{address}", "true")
    assert status == 255 and "Connection refused" in errors, errors
    ec2.reboot_instances(InstanceIds=[instance])
    pass_time("+1m")
    assert rig.ssh(key, f"ec2-user@{address}", "cat a")[:2] == (0, "12345")


def test_pages_and_metadata(rig, machine, pass_time):
    ec2, instance, group, address, name, key = machine
    let_in(ec2, group, 80)
    assert rig.run("curl", "-s", "-m", "5", f"http://{address}/")[:2] == (0, "hello\n")
    assert rig.run("curl", "-s", "-m", "5", f"http://{name}/none", "-o", "/dev/null", "-w", "%{http_code}")[1] == "404"
    assert rig.run("curl", "-s", "-m", "2", f"http://{address}:81/")[0] == 28
    command = (
        "T=$(curl -s -X PUT http://169.254.169.254/latest/api/token"
        " -H 'X-aws-ec2-metadata-token-ttl-seconds: 60');"
        " curl -s -H \"X-aws-ec2-metadata-token: $T\" http://169.254.169.254/latest/meta-data/instance-id"
    )
    assert rig.ssh(key, f"ec2-user@{address}", command)[1] == instance
    ec2.stop_instances(InstanceIds=[instance])
    pass_time("+1m")
    status, _, errors = rig.run("ssh", *rig.options(key), "-o", "ConnectTimeout=2", f"ec2-user@{address}", "true")
    assert status == 255 and "timed out" in errors, errors


def test_other_hosts_are_left_alone(rig):
    (rig.folder / "own").write_text("Host elsewhere\n  HostName 127.0.0.1\n  Port 9\n")
    status, _, errors = rig.run("ssh", "-F", "own", "-o", "ConnectTimeout=2", "elsewhere", "true")
    assert status == 255 and "127.0.0.1 port 9: Connection refused" in errors, errors
