//! A load balancer before a real server of this machine, over one keep-alive connection, beside `nginx` as a
//! plain reverse proxy before the same server in the same run. Both connect to it anew for each request.
//!
//! The world is in this process and in memory: what an entry of the journal costs the other figures say.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Http;
use crate::serve::beside;
use crate::sheet::{Bar, Sheet, times};
use base::{Rng, Time};
use gateway::{CallError, Gateway, Place};
use sim::api::OpDef;
use sim::traffic::{Answer, Endpoint, Question};
use sim::{Caller, Config, Credential, Never, Principal, System, World};
use store::BlobStore;
use wire::{Doors, aws as endpoint};

/// Requests that are sent to each.
const REQUESTS: usize = 20_000;
/// The body of each answer, in bytes.
const BODY: usize = 1 << 10;

/// What stands behind every address: the server.
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

/// One world behind a lock.
struct Lab {
    world: Mutex<World>,
    blobs: BlobStore,
}

impl Lab {
    fn new(folder: &Path) -> Arc<Self> {
        // Of those that answer at one address the first is asked first.
        let systems: Vec<&'static System> =
            std::iter::once(&BEHIND).chain(systems::SYSTEMS.iter().copied()).collect();
        let world = World::new(systems.leak(), Config::new(7, Time(1_795_341_600_000)));
        let blobs = BlobStore::open(folder).expect("a blob store");
        Arc::new(Self { world: Mutex::new(world), blobs })
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, service: &str, name: &str, input: Value) -> Value {
        let op = systems::operation(service, name).expect(name);
        match self.call(&Caller::from(Principal::Root), op, input) {
            Ok(answer) => answer,
            Err(error) => panic!("{name}: {error}"),
        }
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

/// A server that answers every request with the same bytes.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n{}", "x".repeat(BODY));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), answer) = (stream, answer.clone()) else { return };
            std::thread::spawn(move || {
                let mut heard = Vec::new();
                let mut piece = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut piece) {
                    heard.extend_from_slice(&piece[..count]);
                    if !heard.ends_with(b"\r\n\r\n") {
                        continue;
                    }
                    let request = String::from_utf8_lossy(&heard).to_ascii_lowercase();
                    let closes = request.contains("connection: close");
                    heard.clear();
                    if stream.write_all(answer.as_bytes()).is_err() || closes {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// An active load balancer that leads to the server, and its target is healthy.
fn balancer(lab: &Lab) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = lab.ask("ec2", "DescribeSubnets", json!({}));
    let subnets = [text(&told["Subnets"][0]["SubnetId"]), text(&told["Subnets"][1]["SubnetId"])];
    let vpc = text(&told["Subnets"][0]["VpcId"]);
    let made = json!({"GroupName": "web", "Description": "web", "VpcId": vpc});
    let group = text(&lab.ask("ec2", "CreateSecurityGroup", made)["GroupId"]);
    let rule = json!({"GroupId": group, "IpPermissions": [{"IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]});
    lab.ask("ec2", "AuthorizeSecurityGroupIngress", rule);
    let made = json!({"Name": "figures", "Subnets": subnets, "SecurityGroups": [group]});
    let made = lab.ask("elbv2", "CreateLoadBalancer", made);
    let balancer = &made["LoadBalancers"][0]["LoadBalancerArn"];
    let made =
        json!({"Name": "tg", "Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip"});
    let made = lab.ask("elbv2", "CreateTargetGroup", made);
    let targets = &made["TargetGroups"][0]["TargetGroupArn"];
    let listen = json!({"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80,
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": targets}]});
    lab.ask("elbv2", "CreateListener", listen);
    let images = lab.ask(
        "ec2",
        "DescribeImages",
        json!({"Owners": ["amazon"],
        "Filters": [{"Name": "architecture", "Values": ["x86_64"]}]}),
    );
    let run = json!({"ImageId": images["Images"][0]["ImageId"], "InstanceType": "t3.micro",
        "MinCount": 1, "MaxCount": 1, "SubnetId": subnets[0], "SecurityGroupIds": [group]});
    let made = lab.ask("ec2", "RunInstances", run);
    let address = &made["Instances"][0]["PrivateIpAddress"];
    lab.advance(Duration::from_secs(200)).expect("it moves on");
    let register = json!({"TargetGroupArn": targets, "Targets": [{"Id": address}]});
    lab.ask("elbv2", "RegisterTargets", register);
    lab.advance(Duration::from_secs(6)).expect("it moves on");
}

/// `nginx`, killed when dropped.
struct Nginx {
    child: Child,
    host: String,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// It runs in the foreground as one process, until it answers; nothing where it is not installed.
fn nginx(folder: &Path, server: SocketAddr) -> Option<Nginx> {
    let path = std::env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    let program = folders.into_iter().map(|dir| dir.join("nginx")).find(|p| p.is_file())?;
    let free = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?;
    let host = free.to_string();
    let at = folder.display();
    let text = format!(
        "daemon off; master_process off; worker_processes 1; pid {at}/nginx.pid; error_log {at}/error;\n\
         events {{}}\n\
         http {{ access_log off; client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;\n\
         fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
         keepalive_requests 1000000;\n\
         server {{ listen {host}; location / {{ proxy_pass http://{server}; }} }} }}\n"
    );
    let config = folder.join("nginx.conf");
    std::fs::write(&config, text).ok()?;
    let mut command = Command::new(program);
    command.arg("-c").arg(&config).arg("-e").arg(folder.join("error"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let nginx = Nginx { child: command.spawn().ok()?, host };
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(10) {
        if rate(&nginx.host, 1).is_ok() {
            return Some(nginx);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

/// Requests per second over one connection.
fn rate(host: &str, requests: usize) -> Result<f64, String> {
    let mut http = Http::connect(host).ok_or("it does not listen")?;
    let ask = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let began = Instant::now();
    for _ in 0..requests {
        http.ask(ask.as_bytes())?;
    }
    Ok(requests as f64 / began.elapsed().as_secs_f64())
}

/// Requests through a load balancer.
pub(crate) fn through(sheet: &mut Sheet) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = serve();
    let lab = Lab::new(folder.path());
    lab.world().get_mut::<Behind>().address = Some(server);
    balancer(&lab);
    let doors = Doors::new(Arc::clone(&lab) as Arc<dyn Gateway>);
    doors.wish(endpoint::Options { no_auth: true, ..endpoint::Options::default() });
    doors.settle();
    let row = doors.rows().into_iter().find(|row| row.name == "figures").expect("a row");
    let host = row.address.replace("localhost", "127.0.0.1");
    let requests = times(REQUESTS);
    let what = "load balancer before a real server, 1 KiB";
    let mine = match rate(&host, requests) {
        Ok(mine) => mine,
        Err(why) => return sheet.absent("balancer", what, why),
    };
    let peer = nginx(folder.path(), server).map(|nginx| ("nginx", rate(&nginx.host, requests)));
    let theirs: Vec<_> = peer.into_iter().collect();
    let note = format!(
        "one connection, world in memory; straight {:.0} /s; {}",
        rate(&server.to_string(), requests).unwrap_or_default(),
        beside(mine, &theirs, "/s")
    );
    sheet.add("balancer", what, mine, "/s", Bar::None, note);
    doors.close();
}
