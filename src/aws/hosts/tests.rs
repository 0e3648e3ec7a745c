//! Hosts as their instances live: who gets in, what user data does, what the network carries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use base::Time;
use sim::api::ApiError;
use sim::{Caller, Config, Principal, System, World};

static SYSTEMS: &[&System] = &[
    &aws::ec2::SYSTEM,
    &aws::ecr::SYSTEM,
    &aws::s3::SYSTEM,
    &aws::iam::SYSTEM,
    &aws::logs::SYSTEM,
    &aws::sts::SYSTEM,
    &registry::SYSTEM,
    &crate::SYSTEM,
];

fn world() -> World {
    World::new(SYSTEMS, Config::new(7, Time(1_795_341_600_000)))
}

fn try_as(world: &mut World, who: Principal, op: &str, input: Value) -> Result<Value, ApiError> {
    let service = if who == Principal::Lab { &crate::SERVICE } else { &aws::ec2::SERVICE };
    let def = service.operation(op).expect("an operation");
    world.apply(world.now(), &Caller::from(who), def, input)
}

fn ec2(world: &mut World, op: &str, input: Value) -> Value {
    try_as(world, Principal::Root, op, input).expect("done")
}

fn lab(world: &mut World, op: &str, input: Value) -> Value {
    try_as(world, Principal::Lab, op, input).expect("done")
}

fn pass(world: &mut World, secs: i64) {
    world.advance(Time(world.now().0 + secs * 1000));
}

fn image() -> String {
    let mut images = aws::ec2::image_parameters("us-east-1");
    let found = images.find(|(name, _)| name.ends_with("al2023-ami-kernel-default-x86_64"));
    found.map(|(_, id)| id).expect("an image")
}

/// Launches an instance whose default group lets a port in; its id.
fn launch(world: &mut World, data: Option<&str>, more: &Value) -> String {
    let mut input = json!({
        "ImageId": image(), "InstanceType": "t2.micro", "MinCount": 1, "MaxCount": 1,
    });
    if let Some(data) = data {
        input["UserData"] = STANDARD.encode(data).into();
    }
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name.as_str()] = value.clone();
    }
    let made = ec2(world, "RunInstances", input);
    made["Instances"][0]["InstanceId"].as_str().expect("an id").to_owned()
}

fn open_port(world: &mut World, port: u16) {
    let groups = ec2(world, "DescribeSecurityGroups", json!({}));
    let group = groups["SecurityGroups"][0]["GroupId"].clone();
    let rule = json!({
        "GroupId": group, "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
        "CidrIp": "0.0.0.0/0",
    });
    ec2(world, "AuthorizeSecurityGroupIngress", rule);
}

fn of(world: &mut World, id: &str) -> Value {
    let shown = ec2(world, "DescribeInstances", json!({ "InstanceIds": [id] }));
    shown["Reservations"][0]["Instances"][0].clone()
}

fn public(world: &mut World, id: &str) -> String {
    of(world, id)["PublicIpAddress"].as_str().expect("a public address").to_owned()
}

fn verdict(world: &mut World, host: &str, port: u16) -> String {
    let found = lab(world, "FindHost", json!({ "host": host, "port": port }));
    found["verdict"].as_str().unwrap_or_default().to_owned()
}

/// Runs a command as somebody and waits for it; its status and both streams.
fn run(world: &mut World, id: &str, command: &str) -> (i64, String) {
    let asked = json!({ "instance": id, "user": "ec2-user", "command": command });
    let session = lab(world, "OpenSession", asked)["session"].clone();
    for _ in 0..600 {
        let from = json!({ "session": session, "from": 0, "fromErrors": 0 });
        let shown = lab(world, "ReadSession", from);
        if let Some(status) = shown["status"].as_i64() {
            let text = |name: &str| STANDARD.decode(shown[name].as_str().unwrap_or_default());
            let both = [text("output").unwrap_or_default(), text("errors").unwrap_or_default()];
            lab(world, "CloseSession", json!({ "session": session }));
            return (status, String::from_utf8_lossy(&both.concat()).into_owned());
        }
        pass(world, 1);
    }
    panic!("{command} did not end");
}

#[test]
fn an_instance_boots_and_lets_its_key_in() {
    let mut world = world();
    ec2(&mut world, "CreateKeyPair", json!({ "KeyName": "k", "KeyType": "ed25519" }));
    let id = launch(&mut world, None, &json!({ "KeyName": "k" }));
    let address = public(&mut world, &id);
    assert_eq!(verdict(&mut world, &address, 22), "silent");
    pass(&mut world, 20);
    assert_eq!(verdict(&mut world, &address, 22), "silent", "the group lets nothing in");
    open_port(&mut world, 22);
    assert_eq!(verdict(&mut world, &address, 22), "refused", "it boots still");
    pass(&mut world, 10);
    assert_eq!(verdict(&mut world, &address, 22), "open");
    // What stands there on the learner's own machine is not meant.
    assert_eq!(verdict(&mut world, "169.254.169.254", 80), "refused");
    let pairs = ec2(&mut world, "DescribeKeyPairs", json!({ "IncludePublicKey": true }));
    let line = pairs["KeyPairs"][0]["PublicKey"].as_str().expect("a key").to_owned();
    let key = line.split(' ').nth(1).expect("a blob").to_owned();
    let mut check = |user: &str, key: &str| {
        let asked = json!({ "instance": id, "user": user, "key": key });
        lab(&mut world, "CheckKey", asked)["opens"].clone()
    };
    assert_eq!(check("ec2-user", &key), true);
    assert_eq!(check("ubuntu", &key), false);
    assert_eq!(check("root", &key), false);
    assert_eq!(check("ec2-user", "AAAA"), false);
    assert_eq!(run(&mut world, &id, "whoami; hostname | cut -c1-3"), (0, "ec2-user\nip-\n".into()));
    // It is there now, and says the same as before.
    let asked = json!({ "instance": id, "user": "ec2-user", "key": key });
    assert_eq!(lab(&mut world, "CheckKey", asked)["opens"], true);
    assert_eq!(run(&mut world, &id, "echo x >&2; exit 3"), (3, "x\n".into()));
    run(&mut world, &id, "echo kept > note");
    ec2(&mut world, "StopInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(verdict(&mut world, &address, 22), "silent");
    pass(&mut world, 60);
    ec2(&mut world, "StartInstances", json!({ "InstanceIds": [id] }));
    pass(&mut world, 60);
    let other = public(&mut world, &id);
    assert_ne!(other, address);
    assert_eq!(verdict(&mut world, &address, 22), "silent", "an address that is nobody's any more");
    assert_eq!(verdict(&mut world, &other, 22), "open");
    assert_eq!(run(&mut world, &id, "cat note"), (0, "kept\n".into()));
    run(&mut world, &id, "sudo systemctl stop sshd");
    assert_eq!(verdict(&mut world, &other, 22), "refused");
    ec2(&mut world, "TerminateInstances", json!({ "InstanceIds": [id] }));
    pass(&mut world, 60);
    assert_eq!(verdict(&mut world, &other, 22), "silent");
}

const WEB: &str = "#!/bin/bash\nyum install -y httpd\nsystemctl enable --now httpd\n\
                   echo \"hello from $(hostname)\" > /var/www/html/index.html\n";

#[test]
fn user_data_makes_a_web_server_once() {
    let mut world = world();
    let id = launch(&mut world, Some(WEB), &json!({}));
    pass(&mut world, 120);
    let address = public(&mut world, &id);
    let fetch = |world: &mut World| {
        let asked = json!({ "host": address, "port": 80, "method": "GET", "target": "/" });
        let page = lab(world, "FetchPage", asked);
        let body = STANDARD.decode(page["body"].as_str().unwrap_or_default()).unwrap_or_default();
        (page["verdict"].clone(), String::from_utf8_lossy(&body).into_owned())
    };
    assert_eq!(fetch(&mut world).0, "silent");
    open_port(&mut world, 80);
    let (verdict, text) = fetch(&mut world);
    assert_eq!(verdict, "answered");
    assert!(text.starts_with("hello from ip-"), "{text}");
    let console = ec2(&mut world, "GetConsoleOutput", json!({ "InstanceId": id }));
    let console = STANDARD.decode(console["Output"].as_str().expect("output")).expect("base64");
    let console = String::from_utf8_lossy(&console);
    assert!(console.contains("Complete!") && console.contains("finished at"), "{console}");
    run(&mut world, &id, "echo changed | sudo tee /var/www/html/index.html");
    ec2(&mut world, "RebootInstances", json!({ "InstanceIds": [id] }));
    pass(&mut world, 60);
    assert_eq!(fetch(&mut world).1, "changed\n");
}

#[test]
fn an_image_has_the_files_of_the_host_that_it_was_made_of() {
    let mut world = world();
    open_port(&mut world, 80);
    let data = "#!/bin/sh\nyum install -y httpd\nsystemctl enable --now httpd\n\
                echo golden > /var/www/html/index.html\n";
    let id = launch(&mut world, Some(data), &json!({}));
    pass(&mut world, 120);
    run(&mut world, &id, "echo kept > note");
    let made = ec2(&mut world, "CreateImage", json!({ "InstanceId": id, "Name": "golden" }));
    let image = made["ImageId"].clone();
    pass(&mut world, 120);
    // What comes later is no part of it.
    run(&mut world, &id, "echo later > note");
    let other = launch(&mut world, None, &json!({ "ImageId": image }));
    pass(&mut world, 60);
    assert_eq!(run(&mut world, &other, "cat note"), (0, "kept\n".into()));
    assert_eq!(run(&mut world, &other, "curl -s localhost"), (0, "golden\n".into()));
    let (_, own) = run(&mut world, &other, "hostname");
    let (_, first) = run(&mut world, &id, "hostname");
    assert_ne!(own, first);
    // And so has what is made of that, where nobody has been.
    let third = launch(&mut world, None, &json!({ "ImageId": image }));
    pass(&mut world, 60);
    let made = ec2(&mut world, "CreateImage", json!({ "InstanceId": third, "Name": "again" }));
    let again = made["ImageId"].clone();
    pass(&mut world, 120);
    let last = launch(&mut world, None, &json!({ "ImageId": again }));
    pass(&mut world, 60);
    assert_eq!(run(&mut world, &last, "cat note"), (0, "kept\n".into()));
}

#[test]
fn simple_cloud_config_is_done_and_the_rest_is_said() {
    let mut world = world();
    let text = "#cloud-config\npackages:\n  - httpd\nwrite_files:\n  - path: /opt/a.txt\n    \
                permissions: '0600'\n    content: |\n      one\n      two\nruncmd:\n  \
                - echo three >> /opt/a.txt\n  - [ sh, -c, \"echo four >> /opt/a.txt\" ]\nphone_home: no\n";
    let id = launch(&mut world, Some(text), &json!({}));
    pass(&mut world, 120);
    let shown = run(&mut world, &id, "sudo cat /opt/a.txt; rpm -q httpd | cut -c1-5");
    assert_eq!(shown, (0, "one\ntwo\nthree\nfour\nhttpd\n".into()));
    let log = run(&mut world, &id, "sudo cat /var/log/cloud-init-output.log").1;
    assert!(log.contains("'phone_home' is not simulated here"), "{log}");
}

#[test]
fn metadata_wants_a_token_where_the_instance_says_so() {
    let mut world = world();
    let id = launch(&mut world, None, &json!({}));
    pass(&mut world, 60);
    let base = "http://169.254.169.254/latest";
    let code = format!("curl -s -o /dev/null -w '%{{http_code}}' {base}/meta-data/instance-id");
    assert_eq!(run(&mut world, &id, &code).1, "401");
    let token = format!(
        "T=$(curl -s -X PUT {base}/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'); \
         M=\"curl -s -H X-aws-ec2-metadata-token:$T {base}\"; "
    );
    let shown = run(&mut world, &id, &format!("{token} $M/meta-data/instance-id"));
    assert_eq!(shown, (0, id.clone()));
    let shown = run(&mut world, &id, &format!("{token} sleep 90; $M/meta-data/instance-id")).1;
    assert!(shown.contains("401 - Unauthorized"), "{shown}");
    let shown = run(&mut world, &id, &format!("{token} $M/meta-data/placement/"));
    assert_eq!(shown.1, "availability-zone\navailability-zone-id\nregion");
    let options = json!({ "InstanceId": id, "HttpTokens": "optional" });
    ec2(&mut world, "ModifyInstanceMetadataOptions", options);
    assert_eq!(run(&mut world, &id, &code).1, "200");
    let options = json!({ "InstanceId": id, "HttpEndpoint": "disabled" });
    ec2(&mut world, "ModifyInstanceMetadataOptions", options);
    assert_eq!(run(&mut world, &id, &code).1, "403");
}

#[test]
fn hosts_reach_each_other_as_their_groups_say() {
    let mut world = world();
    let web = launch(&mut world, Some(WEB), &json!({}));
    let own = launch(&mut world, None, &json!({}));
    let made = json!({ "GroupName": "alone", "Description": "alone" });
    let group = ec2(&mut world, "CreateSecurityGroup", made)["GroupId"].clone();
    let stranger = launch(&mut world, None, &json!({ "SecurityGroupIds": [group] }));
    pass(&mut world, 120);
    let address = of(&mut world, &web)["PrivateIpAddress"].as_str().expect("one").to_owned();
    let name = of(&mut world, &web)["PrivateDnsName"].as_str().expect("one").to_owned();
    let curl = format!("curl -s -m 5 http://{name}/ | cut -c1-10");
    assert_eq!(run(&mut world, &own, &curl).1, "hello from\n");
    let refused = format!("curl -sS -m 5 http://{address}:8080/");
    assert_eq!(run(&mut world, &own, &refused).0, 7);
    let silent = format!("curl -s -m 5 http://{address}/");
    assert_eq!(run(&mut world, &stranger, &silent).0, 28);
    assert_eq!(run(&mut world, &own, &format!("ping -c 1 {address} > /dev/null")).0, 0);
    let traced = json!({ "from": stranger, "to": web, "port": 80 });
    let traced = lab(&mut world, "TraceConnection", traced);
    assert_eq!(traced["arrives"], false);
    assert!(traced["verdict"].as_str().expect("words").contains("lets it into"), "{traced}");
    let traced = json!({ "from": own, "to": web, "port": 80 });
    assert_eq!(lab(&mut world, "TraceConnection", traced)["arrives"], true);
}

#[test]
fn files_are_transferred() {
    let mut world = world();
    let id = launch(&mut world, None, &json!({}));
    pass(&mut world, 60);
    let asked = json!({ "instance": id, "user": "ec2-user", "files": true });
    let session = lab(&mut world, "OpenSession", asked)["session"].clone();
    let text = |out: &mut Vec<u8>, text: &[u8]| {
        out.extend(u32::try_from(text.len()).expect("short").to_be_bytes());
        out.extend_from_slice(text);
    };
    let mut send = |op: &str, packet: Vec<u8>| {
        let asked = json!({ "session": session, "packet": STANDARD.encode(packet) });
        let told = lab(&mut world, op, asked)["packet"].as_str().expect("one").to_owned();
        STANDARD.decode(told).expect("base64")
    };
    assert_eq!(send("TransferFiles", vec![1, 0, 0, 0, 3])[..5], [2, 0, 0, 0, 3]);
    let mut open = vec![3, 0, 0, 0, 1];
    text(&mut open, b"x.txt");
    open.extend([0, 0, 0, 0x1a, 0, 0, 0, 0]);
    let handle = send("TransferFiles", open);
    assert_eq!(handle[0], 102);
    let mut write = vec![6, 0, 0, 0, 2];
    write.extend_from_slice(&handle[5..]);
    write.extend([0; 8]);
    text(&mut write, b"hello");
    assert_eq!(send("TransferFiles", write)[..9], [101, 0, 0, 0, 2, 0, 0, 0, 0]);
    let mut stat = vec![17, 0, 0, 0, 3];
    text(&mut stat, b"/home/ec2-user/x.txt");
    assert_eq!(send("LookAtFiles", stat)[16], 5);
    assert_eq!(run(&mut world, &id, "cat x.txt").1, "hello");
}

/// What a session at a terminal shows.
#[test]
fn a_terminal_prompts_and_completes() {
    let mut world = world();
    let id = launch(&mut world, None, &json!({}));
    pass(&mut world, 60);
    let size = json!({ "columns": 100, "rows": 30 });
    let asked = json!({ "instance": id, "user": "ec2-user", "terminal": size });
    let session = lab(&mut world, "OpenSession", asked)["session"].clone();
    let read = |world: &mut World| {
        let from = json!({ "session": session, "from": 0, "fromErrors": 0 });
        let shown = lab(world, "ReadSession", from);
        let text = STANDARD.decode(shown["output"].as_str().expect("text")).expect("base64");
        (String::from_utf8_lossy(&text).into_owned(), shown)
    };
    let (text, shown) = read(&mut world);
    assert!(text.starts_with("[ec2-user@ip-") && text.ends_with(" ~]$ "), "{text}");
    assert_eq!((&shown["prompted"], &shown["idle"]), (&json!(true), &json!(true)));
    let line = STANDARD.encode("stty size; sleep 5; exit 4\n");
    let typed = json!({ "session": session, "input": line, "seen": 0, "seenErrors": 0 });
    lab(&mut world, "TypeInput", typed);
    let words = lab(&mut world, "Complete", json!({ "session": session, "line": "ls /etc/os" }));
    assert_eq!(words["words"], json!(["/etc/os-release"]));
    assert_eq!(read(&mut world).1["idle"], false);
    pass(&mut world, 6);
    let (text, shown) = read(&mut world);
    assert!(text.ends_with("30 100\nlogout\n"), "{text}");
    assert_eq!(shown["status"], 4);
}

/// The same inputs lead to the same world, however lab time is cut into pieces.
#[test]
fn every_seed_twice() {
    for seed in 0..6 {
        let play = |step: i64| {
            let mut world = World::new(SYSTEMS, Config::new(seed, Time(1_795_341_600_000)));
            let id = launch(&mut world, Some(WEB), &json!({}));
            for _ in 0..(120 / step) {
                pass(&mut world, step);
            }
            run(&mut world, &id, "for i in 1 2 3; do echo $RANDOM; sleep 2; done > f; uptime");
            ec2(&mut world, "RebootInstances", json!({ "InstanceIds": [id] }));
            for _ in 0..(60 / step) {
                pass(&mut world, step);
            }
            world.digest()
        };
        assert_eq!(play(60), play(60));
        assert_eq!(play(60), play(4));
    }
}

#[test]
fn an_endless_loop_does_not_hold_up_lab_time() {
    let mut world = world();
    let id = launch(&mut world, Some("#!/bin/bash\nwhile true; do :; done\n"), &json!({}));
    pass(&mut world, 3600);
    assert_eq!(run(&mut world, &id, "echo here").1, "here\n");
}

#[test]
fn a_host_can_end_itself() {
    let mut world = world();
    let id = launch(&mut world, None, &json!({}));
    pass(&mut world, 60);
    let asked = json!({ "instance": id, "user": "ec2-user", "command": "sudo shutdown -h now" });
    lab(&mut world, "OpenSession", asked);
    assert_eq!(of(&mut world, &id)["State"]["Name"], "stopping");
    assert_eq!(of(&mut world, &id)["StateReason"]["Code"], "Client.InstanceInitiatedShutdown");
}

#[test]
fn nobody_but_the_lab_touches_them() {
    let mut world = world();
    let def = crate::SERVICE.operation("FindHost").expect("an operation");
    let input = json!({ "host": "1.2.3.4", "port": 22 });
    let error = world.apply(world.now(), &Caller::from(Principal::Root), def, input);
    assert_eq!(error.expect_err("refused").code, "AccessControlException");
}
