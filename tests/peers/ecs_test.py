"""ECS: clusters, definitions, tasks and services, as boto3 sees them."""

import pytest
from botocore.exceptions import ClientError

from conftest import client, unique

IMAGE = "public.ecr.aws/distlab/hello"


@pytest.fixture(scope="module")
def ecs():
    return client("ecs")


@pytest.fixture(scope="module")
def ec2():
    return client("ec2")


@pytest.fixture
def cluster(ecs):
    name = unique("peer")
    ecs.create_cluster(clusterName=name)
    yield name
    for arn in ecs.list_services(cluster=name)["serviceArns"]:
        ecs.delete_service(cluster=name, service=arn, force=True)


def definition(ecs, **more):
    family = unique("family")
    container = {"name": "app", "image": IMAGE, "memory": 128, "cpu": 128,
                 "portMappings": [{"containerPort": 80}], **more}
    made = ecs.register_task_definition(family=family, containerDefinitions=[container])
    return made["taskDefinition"]


def fails(code, call, **input):
    with pytest.raises(ClientError) as error:
        call(**input)
    assert error.value.response["Error"]["Code"] == code
    return error.value.response["Error"]["Message"]


@pytest.mark.not_moto("it lists clusters that were deleted")
def test_clusters(ecs):
    name = unique("peer")
    made = ecs.create_cluster(clusterName=name, tags=[{"key": "k", "value": "v"}])["cluster"]
    assert made["status"] == "ACTIVE"
    assert made["clusterArn"].endswith(f":cluster/{name}")
    assert made["clusterArn"] in ecs.list_clusters()["clusterArns"]
    got = ecs.describe_clusters(clusters=[name, "no-such"], include=["TAGS"])
    assert got["clusters"][0]["tags"] == [{"key": "k", "value": "v"}]
    assert got["failures"][0]["reason"] == "MISSING"
    assert ecs.delete_cluster(cluster=name)["cluster"]["status"] == "INACTIVE"
    assert made["clusterArn"] not in ecs.list_clusters()["clusterArns"]


def test_a_cluster_that_is_not_there(ecs):
    message = fails("ClusterNotFoundException", ecs.list_services, cluster="no-such")
    assert message == "Cluster not found."


@pytest.mark.not_moto("it leaves out the host port that was not given")
def test_definitions(ecs):
    first = definition(ecs)
    assert first["revision"] == 1
    assert first["containerDefinitions"][0]["essential"] is True
    assert first["containerDefinitions"][0]["portMappings"][0]["hostPort"] == 0
    family = first["family"]
    second = ecs.register_task_definition(
        family=family, containerDefinitions=first["containerDefinitions"]
    )["taskDefinition"]
    assert second["revision"] == 2
    got = ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
    assert got["taskDefinitionArn"] == second["taskDefinitionArn"]
    listed = ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]
    assert listed == [first["taskDefinitionArn"], second["taskDefinitionArn"]]
    gone = ecs.deregister_task_definition(taskDefinition=f"{family}:1")["taskDefinition"]
    assert gone["status"] == "INACTIVE"
    got = ecs.list_task_definitions(familyPrefix=family, status="INACTIVE")
    assert got["taskDefinitionArns"] == [first["taskDefinitionArn"]]


@pytest.mark.not_moto("moto asks for neither")
def test_what_cannot_be_registered(ecs):
    message = fails(
        "ClientException",
        ecs.register_task_definition,
        family="x",
        containerDefinitions=[{"name": "app", "image": "nginx"}],
    )
    assert message == (
        "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be "
        "specified."
    )
    message = fails(
        "ClientException",
        ecs.register_task_definition,
        family="x",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="8192",
        containerDefinitions=[{"name": "app", "image": "nginx"}],
    )
    assert message.startswith("No Fargate configuration exists for given values")


def test_a_service_without_machines(ecs, cluster):
    own = definition(ecs)
    made = ecs.create_service(
        cluster=cluster, serviceName="api", taskDefinition=own["family"], desiredCount=1
    )["service"]
    assert made["status"] == "ACTIVE"
    assert made["serviceArn"].endswith(f":service/{cluster}/api")
    assert made["deployments"][0]["status"] == "PRIMARY"
    assert ecs.list_services(cluster=cluster)["serviceArns"] == [made["serviceArn"]]
    got = ecs.describe_services(cluster=cluster, services=["api", "no-such"])
    assert got["services"][0]["desiredCount"] == 1
    assert got["failures"][0]["reason"] == "MISSING"
    ecs.update_service(cluster=cluster, service="api", desiredCount=0)
    ecs.delete_service(cluster=cluster, service="api")


@pytest.mark.not_moto("moto starts no task and says nothing")
def test_a_service_on_fargate_comes_up_and_goes(ecs, ec2, cluster, pass_time):
    subnets = [own["SubnetId"] for own in ec2.describe_subnets()["Subnets"]]
    family = unique("family")
    ecs.register_task_definition(
        family=family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": IMAGE, "portMappings": [{"containerPort": 80}]}],
    )
    network = {"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}}
    ecs.create_service(
        cluster=cluster, serviceName="web", taskDefinition=family, desiredCount=2,
        launchType="FARGATE", networkConfiguration=network,
    )
    pass_time("+90s")
    waiter = ecs.get_waiter("services_stable")
    waiter.wait(cluster=cluster, services=["web"], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    told = ecs.describe_services(cluster=cluster, services=["web"])["services"][0]
    assert told["runningCount"] == 2
    assert told["deployments"][0]["rolloutState"] == "COMPLETED"
    assert told["events"][0]["message"] == "(service web) has reached a steady state."
    tasks = ecs.list_tasks(cluster=cluster, serviceName="web")["taskArns"]
    told = ecs.describe_tasks(cluster=cluster, tasks=tasks)["tasks"][0]
    assert told["lastStatus"] == "RUNNING"
    details = {own["name"]: own["value"] for own in told["attachments"][0]["details"]}
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=[details["networkInterfaceId"]])
    assert interfaces["NetworkInterfaces"][0]["PrivateIpAddress"] == details["privateIPv4Address"]
    message = fails(
        "InvalidParameterException", ecs.delete_service, cluster=cluster, service="web"
    )
    assert "scaled above 0" in message
    ecs.delete_service(cluster=cluster, service="web", force=True)
    pass_time("+90s")
    ecs.get_waiter("services_inactive").wait(cluster=cluster, services=["web"])
    assert ecs.list_tasks(cluster=cluster)["taskArns"] == []


@pytest.mark.not_moto("moto runs nothing")
def test_a_task_that_fails_says_why(ecs, ec2, cluster, pass_time):
    subnets = [own["SubnetId"] for own in ec2.describe_subnets()["Subnets"]]
    family = unique("family")
    ecs.register_task_definition(
        family=family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "public.ecr.aws/distlab/crash"}],
    )
    task = ecs.run_task(
        cluster=cluster, taskDefinition=family, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets[:1]}},
    )["tasks"][0]
    pass_time("+60s")
    told = ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"][0]
    assert told["lastStatus"] == "STOPPED"
    assert told["stopCode"] == "EssentialContainerExited"
    assert told["stoppedReason"] == "Essential container in task exited"
    assert told["containers"][0]["exitCode"] == 1


@pytest.mark.not_moto("moto has no policies here")
def test_who_may_not_is_told(user):
    _, key, secret = user
    stranger = client("ecs", key, secret)
    message = fails("AccessDeniedException", stranger.create_cluster, clusterName="x")
    assert "is not authorized to perform: ecs:CreateCluster on resource: arn:aws:ecs:" in message
