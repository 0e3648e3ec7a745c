//! A load balancer over real sockets, before something real: a small server of the test's own.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Doors, aws as endpoint};
use base::{Rng, Time};
use gateway::{CallError, Gateway, Place};
use sim::api::OpDef;
use sim::traffic::{Answer, Endpoint, Question};
use sim::{Caller, Config, Credential, Never, Principal, System, World};
use store::BlobStore;

/// Something that stands behind every address of every network.
#[derive(Hash, Debug, Default)]
struct Behind {
    address: Option<SocketAddr>,
}

static BEHIND: System = System::of::<Behind>(&[]).answering(answer);

impl sim::State for Behind {
    const NAME: &'static str = "behind";
    type Event = Never;

    fn new(_: &Config, _: &mut Rng) -> Self {
        Self::default()
    }

    fn happen(_: &mut World, event: Never) {
        match event {}
    }
}

fn answer(world: &mut World, _: &Endpoint, _: &Question) -> Option<Answer> {
    world.get::<Behind>().address.map(Answer::Real)
}

static SYSTEMS: &[&System] = &[
    &aws::cloudwatch::SYSTEM,
    &aws::ec2::SYSTEM,
    &aws::iam::SYSTEM,
    &acm::SYSTEM,
    &aws::delivery::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::sts::SYSTEM,
    &elbv2::SYSTEM,
    &BEHIND,
];

/// One world behind a lock.
struct Lab {
    world: Mutex<World>,
    blobs: BlobStore,
    _folder: tempfile::TempDir,
}

impl Lab {
    fn new() -> Arc<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blobs = BlobStore::open(folder.path()).expect("a blob store");
        let world = World::new(SYSTEMS, Config::new(7, Time(1_795_341_600_000)));
        Arc::new(Self { world: Mutex::new(world), blobs, _folder: folder })
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, service: &str, name: &str, input: Value) -> Value {
        let op = self.world().operation(service, name).expect(name);
        match self.call(&Caller::from(Principal::Root), op, input) {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {error}"),
        }
    }

    fn pass(&self, seconds: u64) {
        self.advance(Duration::from_secs(seconds)).expect("it moves on");
    }
}

impl Gateway for Lab {
    fn call(&self, caller: &Caller, op: &'static OpDef, input: Value) -> Result<Value, CallError> {
        let mut world = self.world();
        let now = world.now();
        world.apply(now, caller, op, input).map_err(CallError::Api)
    }

    fn credential(&self, access_key_id: &str) -> Result<Option<Credential>, CallError> {
        Ok(aws::iam::credential(&self.world(), access_key_id))
    }

    fn root_credential(&self) -> Result<Credential, CallError> {
        Ok(aws::iam::root_credential(&self.world()))
    }

    fn now(&self) -> Result<Time, CallError> {
        Ok(self.world().now())
    }

    fn advance(&self, by: Duration) -> Result<Time, CallError> {
        let mut world = self.world();
        let to = world.now().plus(by);
        world.advance(to);
        Ok(world.now())
    }

    fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    fn place(&self) -> Place {
        let world = self.world();
        let config = world.config();
        Place { account: config.account.clone(), region: config.region.clone(), doors: Vec::new() }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A server that answers every connection once, with what it heard.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut heard = Vec::new();
            let mut piece = [0; 4096];
            while !heard.windows(4).any(|four| four == b"\r\n\r\n") {
                match stream.read(&mut piece) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => heard.extend_from_slice(&piece[..count]),
                }
            }
            let body = String::from_utf8_lossy(&heard).into_owned();
            let start = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Own: yes\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((start + &body).as_bytes());
        }
    });
    address
}

/// The whole answer to a request.
fn get(address: &str, path: &str) -> String {
    let address = address.replace("localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: demo.localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// A world with an active load balancer before one target, and the ARN of its group.
fn ready(lab: &Lab) -> (String, String) {
    let told = lab.ask("ec2", "DescribeSubnets", json!({}));
    let subnets = told["Subnets"].as_array().cloned().unwrap_or_default();
    let subnets: Vec<String> = subnets.iter().take(2).map(|s| text(&s["SubnetId"])).collect();
    let vpc = text(&told["Subnets"][0]["VpcId"]);
    let made = json!({"GroupName": "web", "Description": "web", "VpcId": vpc});
    let group = text(&lab.ask("ec2", "CreateSecurityGroup", made)["GroupId"]);
    let rule = json!({"GroupId": group, "IpPermissions": [{"IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]});
    lab.ask("ec2", "AuthorizeSecurityGroupIngress", rule);
    let made = json!({"Name": "demo", "Subnets": subnets, "SecurityGroups": [group]});
    let made = lab.ask("elbv2", "CreateLoadBalancer", made);
    let balancer = text(&made["LoadBalancers"][0]["LoadBalancerArn"]);
    let made =
        json!({"Name": "tg", "Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip"});
    let made = lab.ask("elbv2", "CreateTargetGroup", made);
    let targets = text(&made["TargetGroups"][0]["TargetGroupArn"]);
    let listen = json!({"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": targets}]});
    lab.ask("elbv2", "CreateListener", listen);
    lab.pass(200);
    let images = lab.ask(
        "ec2",
        "DescribeImages",
        json!({"Owners": ["amazon"],
        "Filters": [{"Name": "architecture", "Values": ["x86_64"]}]}),
    );
    let run = json!({"ImageId": images["Images"][0]["ImageId"], "InstanceType": "t3.micro",
        "MinCount": 1, "MaxCount": 1, "SubnetId": subnets[0], "SecurityGroupIds": [group]});
    let made = lab.ask("ec2", "RunInstances", run);
    let address = text(&made["Instances"][0]["PrivateIpAddress"]);
    lab.pass(60);
    let register = json!({"TargetGroupArn": targets, "Targets": [{"Id": address}]});
    lab.ask("elbv2", "RegisterTargets", register);
    (balancer, targets)
}

#[test]
fn bytes_are_carried_to_something_real() {
    let lab = Lab::new();
    let (balancer, targets) = ready(&lab);
    lab.world().get_mut::<Behind>().address = Some(serve());
    let doors = Doors::new(Arc::clone(&lab) as Arc<dyn Gateway>);
    doors.wish(endpoint::Options { no_auth: true, ..endpoint::Options::default() });
    doors.settle();
    let row = doors.rows().into_iter().find(|row| row.name == "demo").expect("a row");
    assert!(row.url.starts_with("http://demo.localhost:"), "{}", row.url);
    lab.pass(6);
    let is_healthy = || {
        let told = lab.ask("elbv2", "DescribeTargetHealth", json!({"TargetGroupArn": targets}));
        told["TargetHealthDescriptions"][0]["TargetHealth"]["State"] == "healthy"
    };
    let soon = |done: &dyn Fn() -> bool| {
        (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            done()
        })
    };
    assert!(soon(&is_healthy), "the health check of the outside makes it healthy");
    lab.ask("s3", "CreateBucket", json!({"Bucket": "my-logs"}));
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::my-logs/AWSLogs/*"}]});
    let put = json!({"Bucket": "my-logs", "Policy": policy.to_string()});
    lab.ask("s3", "PutBucketPolicy", put);
    let set = json!({"LoadBalancerArn": balancer, "Attributes": [
        {"Key": "access_logs.s3.enabled", "Value": "true"},
        {"Key": "access_logs.s3.bucket", "Value": "my-logs"}]});
    lab.ask("elbv2", "ModifyLoadBalancerAttributes", set);
    let answer = get(&row.address, "/hello?a=1");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    for line in ["x-own: yes", "GET /hello?a=1 HTTP/1.1", "x-forwarded-for: 203.0.113.25"] {
        assert!(answer.to_lowercase().contains(&line.to_lowercase()), "{line}: {answer}");
    }
    assert!(answer.contains("host: demo-"), "{answer}");
    // Nobody listens at the discard port of this machine.
    lab.world().get_mut::<Behind>().address = Some(SocketAddr::from(([127, 0, 0, 1], 9)));
    assert!(get(&row.address, "/").starts_with("HTTP/1.1 502 "));
    let arrived = || {
        let told = lab.ask("s3", "ListObjectsV2", json!({"Bucket": "my-logs"}));
        told["KeyCount"] == 1
    };
    std::thread::sleep(Duration::from_millis(500));
    lab.pass(300);
    assert!(soon(&arrived), "the log file comes to its bucket");
    doors.close();
}
