#!/usr/bin/env python3
"""Tasks of ECS as containers on a real engine: started from the account's registry, reached through a
load balancer, killed from outside and replaced, asked for a session, and simulated where no engine
answers.

    DISTLAB=/path/to/distlab python3 tests/peers/ecs_docker.py

The engine and this script must share a loopback. Everything made on the engine is named after this run
and removed at the end. Without an engine it says so and passes, unless DISTLAB_REQUIRE_DOCKER=1.
"""

import io
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time

from expectations import check, conclude, failures

DISTLAB = shlex.split(os.environ.get("DISTLAB", "distlab"))
RUN = f"peer{os.getpid()}"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{HOST}/{RUN}:1"
WORLD = '[ecs]\ncontainers = "engine"\n'
SAYS = "from a container"
SIMULATED = json.dumps({"port": 80, "routes": [{"path": "/", "text": "simulated"}]})


class World:
    """A served world, and its own `aws` and `docker`."""

    def __init__(self, work, name, **session):
        self.home = os.path.join(work, name)
        self.env = dict(os.environ)
        shape = pathlib.Path(work, f"{name}.toml")
        shape.write_text(WORLD, encoding="utf-8")
        self.log = pathlib.Path(work, f"{name}.log")
        self.session = {**self.env, **session}
        self.line = [*DISTLAB, "--home", self.home, "serve", "--port", "0", "--registry-port", "0", "--world", str(shape)]
        self.begin()

    def begin(self):
        with self.log.open("wb") as log:
            self.server = subprocess.Popen(self.line, stdout=log, stderr=log, env=self.session)
        until = time.monotonic() + 60
        while "AWS_ENDPOINT_URL=" not in self.log.read_text(encoding="utf-8"):
            if time.monotonic() > until or self.server.poll() is not None:
                sys.exit(self.log.read_text(encoding="utf-8"))
            time.sleep(0.1)

    def run(self, *words, given="", code=0):
        line = [*DISTLAB, "--home", self.home, "exec", "serve", "--", *words]
        done = subprocess.run(line, input=given, capture_output=True, text=True, check=False, env=self.env)
        if done.returncode != code:
            failures.append(shlex.join(words))
            print(f"FAILED: {shlex.join(words)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def aws(self, *words, **how):
        told = self.run("aws", *words, **how)
        try:
            return json.loads(told)
        except ValueError:
            return told

    def curl(self, url):
        told = subprocess.run([*DISTLAB, "--home", self.home, "env", "--json"], check=True, capture_output=True)
        env = {**self.env, **json.loads(told.stdout)}
        line = ["curl", "--silent", "--max-time", "20", url]
        return subprocess.run(line, env=env, capture_output=True, text=True, check=False).stdout

    def time(self, span):
        subprocess.run([*DISTLAB, "--home", self.home, "time", span, "--lab", "serve"], check=True, capture_output=True)

    def killed(self):
        """Is killed at once, and comes back."""
        self.server.kill()
        self.server.wait()
        self.begin()

    def end(self):
        self.server.terminate()
        self.server.wait()


def make_image():
    """Imports an image with a static busybox that serves a page."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add("/bin/busybox", "bin/busybox")
        for name in ("sh", "httpd", "cat", "wget"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        for path, content in {"www/index.html": f"{SAYS}\n", "etc/passwd": "root:x:0:0::/:/bin/sh\n"}.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content.encode()))
    line = ["docker", "import", "--change", 'CMD ["/bin/sh", "-c", "echo begun; exec httpd -f -v -p 80 -h /www"]',
            "--change", f"LABEL distlab.program='{SIMULATED}'", "-", IMAGE]
    subprocess.run(line, input=archive.getvalue(), check=True, capture_output=True)


def push(world):
    world.aws("ecr", "create-repository", "--repository-name", RUN)
    password = world.run("aws", "ecr", "get-login-password")
    world.run("docker", "login", "-u", "AWS", "--password-stdin", HOST, given=password)
    world.run("docker", "push", IMAGE)


def build(world):
    """A cluster, a role, and a service of two tasks behind a load balancer; the balancer's name."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}
    role = world.aws("iam", "create-role", "--role-name", "tasks", "--assume-role-policy-document", json.dumps(trust))
    world.aws("iam", "attach-role-policy", "--role-name", "tasks", "--policy-arn",
              "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
    world.aws("logs", "create-log-group", "--log-group-name", "web")
    world.aws("ecs", "create-cluster", "--cluster-name", "c")
    container = {"name": "app", "image": IMAGE, "portMappings": [{"containerPort": 80}], "essential": True,
                 "environment": [{"name": "WHERE", "value": "here"}],
                 "healthCheck": {"command": ["CMD-SHELL", "wget -q -O /dev/null http://localhost/"], "interval": 5},
                 "logConfiguration": {"logDriver": "awslogs", "options": {
                     "awslogs-group": "web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}}}
    world.aws("ecs", "register-task-definition", "--family", "web", "--requires-compatibilities", "FARGATE",
              "--network-mode", "awsvpc", "--cpu", "256", "--memory", "512", "--execution-role-arn",
              role["Role"]["Arn"], "--container-definitions", json.dumps([container]))
    subnets = world.aws("ec2", "describe-subnets", "--query", "Subnets[:2].SubnetId")
    vpc = world.aws("ec2", "describe-vpcs", "--query", "Vpcs[0].VpcId")
    group = world.aws("ec2", "create-security-group", "--group-name", "web", "--description", "web",
                      "--vpc-id", vpc, "--query", "GroupId")
    world.aws("ec2", "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "80",
              "--cidr", "0.0.0.0/0")
    balancer = world.aws("elbv2", "create-load-balancer", "--name", "lb", "--subnets", *subnets,
                         "--security-groups", group, "--query", "LoadBalancers[0]")
    target = world.aws("elbv2", "create-target-group", "--name", "tg", "--protocol", "HTTP", "--port", "80",
                       "--vpc-id", vpc, "--target-type", "ip", "--health-check-interval-seconds", "10",
                       "--query", "TargetGroups[0].TargetGroupArn")
    world.aws("elbv2", "create-listener", "--load-balancer-arn", balancer["LoadBalancerArn"], "--protocol", "HTTP",
              "--port", "80", "--default-actions", f"Type=forward,TargetGroupArn={target}")
    network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "ENABLED"}}
    world.aws("ecs", "create-service", "--cluster", "c", "--service-name", "web", "--task-definition", "web",
              "--desired-count", "2", "--launch-type", "FARGATE", "--network-configuration", json.dumps(network),
              "--load-balancers", f"targetGroupArn={target},containerName=app,containerPort=80",
              "--enable-execute-command")
    world.run("aws", "ecs", "wait", "services-stable", "--cluster", "c", "--services", "web")
    world.run("aws", "elbv2", "wait", "target-in-service", "--target-group-arn", target)
    return balancer["DNSName"]


def containers():
    """The ids of the running containers of tasks."""
    line = ["docker", "ps", "--quiet", "--no-trunc", "--filter", "label=com.amazonaws.ecs.cluster=c"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.split()


def until(what, holds, shown=lambda: ""):
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            check(what, False, shown())
            return
        time.sleep(0.2)
    check(what, True)


def described(world):
    tasks = world.aws("ecs", "list-tasks", "--cluster", "c", "--query", "taskArns")
    return world.aws("ecs", "describe-tasks", "--cluster", "c", "--tasks", *tasks, "--query", "tasks") if tasks else []


def walk(world):
    push(world)
    name = build(world)
    check("two containers", len(containers()) == 2, containers())
    check("it answers", world.curl(f"http://{name}/") == f"{SAYS}\n", world.curl(f"http://{name}/"))
    tasks = described(world)
    ids = {own["containers"][0]["runtimeId"] for own in tasks}
    check("by the engine's ids", ids == set(containers()), ids)
    until("they are well", lambda: all(own["healthStatus"] == "HEALTHY" for own in described(world)),
          lambda: described(world))
    told = world.run("aws", "logs", "tail", "web", "--since", "1h", "--format", "short")
    check("what they print is in the log", told.count("begun") == 2, told)
    task = tasks[0]["taskArn"]
    told = world.run("aws", "ecs", "execute-command", "--cluster", "c", "--task", task, "--interactive",
                     "--command", "echo $WHERE; cat /www/index.html")
    check("a session", "here\n" + SAYS in told and "Starting session with SessionId: ecs-execute" in told, told)
    # The session is killed: the containers go on, and so does the next session, which hears of nothing twice.
    before = containers()
    world.killed()
    until("it answers again", lambda: world.curl(f"http://{name}/") == f"{SAYS}\n", lambda: world.log.read_text())
    check("the same containers", containers() == before, containers())
    told = world.run("aws", "logs", "tail", "web", "--since", "1h", "--format", "short")
    check("nothing was printed twice", told.count("begun") == 2, told)
    # Somebody kills one: it is seen, and replaced.
    killed = containers()[0]
    subprocess.run(["docker", "kill", killed], check=True, capture_output=True)
    until("the kill is seen", lambda: killed not in {own["containers"][0].get("runtimeId") for own in described(world)})
    # The scheduler looks a moment later.
    world.time("10s")
    world.run("aws", "ecs", "wait", "services-stable", "--cluster", "c", "--services", "web")
    check("another is there", len(containers()) == 2 and killed not in containers(), containers())
    stopped = world.aws("ecs", "list-tasks", "--cluster", "c", "--desired-status", "STOPPED", "--query", "taskArns")
    told = world.aws("ecs", "describe-tasks", "--cluster", "c", "--tasks", *stopped, "--query", "tasks[0]")
    check("with its code", told["containers"][0].get("exitCode") == 137, told)
    check("it answers still", world.curl(f"http://{name}/") == f"{SAYS}\n")
    world.aws("ecs", "update-service", "--cluster", "c", "--service", "web", "--desired-count", "0")
    world.run("aws", "ecs", "wait", "services-stable", "--cluster", "c", "--services", "web")
    until("nothing is left", lambda: world.time("1m") or not containers(), containers)
    return name


def main():
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode:
        print("no engine: nothing was compared")
        return 1 if os.environ.get("DISTLAB_REQUIRE_DOCKER") == "1" else 0
    with tempfile.TemporaryDirectory() as work:
        os.environ["HOME"] = work
        make_image()
        try:
            world = World(work, "engine")
            try:
                name = walk(world)
                # What was built is gone from the engine: it comes out of the registry then.
                subprocess.run(["docker", "rmi", "--force", IMAGE], check=True, capture_output=True)
                world.aws("ecs", "update-service", "--cluster", "c", "--service", "web", "--desired-count", "1")
                world.run("aws", "ecs", "wait", "services-stable", "--cluster", "c", "--services", "web")
                check("out of the registry", len(containers()) == 1, containers())
                until("and it answers", lambda: world.curl(f"http://{name}/") == f"{SAYS}\n")
            finally:
                world.end()
            # Where no engine answers the session, what the image says of itself runs instead.
            make_image()
            nowhere = World(work, "none", DOCKER_HOST="unix:///nowhere/docker.sock")
            try:
                push(nowhere)
                before = containers()
                name = build(nowhere)
                told = nowhere.curl(f"http://{name}/")
                check("simulated", told == "simulated", told)
                check("no container more", containers() == before, containers())
                [task, *_] = described(nowhere)
                told = nowhere.run("aws", "ecs", "execute-command", "--cluster", "c", "--task", task["taskArn"],
                                   "--interactive", "--command", "true", code=254)
                check("no session", told == "", told)
            finally:
                nowhere.end()
        finally:
            left = subprocess.run(["docker", "ps", "-aq", "--filter", "label=com.amazonaws.ecs.cluster=c"],
                                  capture_output=True, text=True, check=True).stdout.split()
            if left:
                subprocess.run(["docker", "rm", "--force", "--volumes", *left], capture_output=True, check=False)
            told = subprocess.run(["docker", "images", "--format", "{{.Repository}}:{{.Tag}}"],
                                  capture_output=True, text=True, check=True).stdout.split()
            mine = [name for name in told if RUN in name or name.startswith("distlab/stored:")]
            if mine:
                subprocess.run(["docker", "rmi", "--force", *mine], capture_output=True, check=False)
    return conclude("ecs")


if __name__ == "__main__":
    sys.exit(main())
