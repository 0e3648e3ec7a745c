//! Rights, links and moves.

use super::*;

fn tree() -> Files {
    let mut files = Files::new(Time(0));
    let root = Who::root();
    files.make_folders(&root, "/home/ec2-user", 0o755, Time(0)).unwrap();
    files.set_owner(&root, "/home/ec2-user", Some(1000), Some(1000), true).unwrap();
    files
}

#[test]
fn modes_are_kept() {
    let mut files = tree();
    let user = Who { uid: 1000, gid: 1000, groups: vec![] };
    let other = Who { uid: 1001, gid: 1001, groups: vec![] };
    files.write(&user, "/home/ec2-user/a", b"x".to_vec(), 0o600, Time(0)).unwrap();
    assert_eq!(files.read(&other, "/home/ec2-user/a"), Err(Errno::Access));
    assert_eq!(files.write(&user, "/a", vec![], 0o644, Time(0)), Err(Errno::Access));
    assert_eq!(files.set_mode(&other, "/home/ec2-user/a", 0o777), Err(Errno::NotPermitted));
    files.set_mode(&user, "/home/ec2-user/a", 0).unwrap();
    assert_eq!(files.read(&user, "/home/ec2-user/a"), Err(Errno::Access));
    assert!(files.read(&Who::root(), "/home/ec2-user/a").is_ok());
}

#[test]
fn links_lead_on_but_not_for_ever() {
    let mut files = tree();
    let root = Who::root();
    files.make(&root, "/l", Kind::Link("home/ec2-user".into()), 0o777, Time(0)).unwrap();
    files.write(&root, "/l/f", b"1".to_vec(), 0o644, Time(0)).unwrap();
    assert_eq!(files.read(&root, "/home/ec2-user/f").unwrap().as_slice(), b"1");
    assert_eq!(files.real_path(&root, "/l/f").unwrap(), "/home/ec2-user/f");
    files.make(&root, "/o", Kind::Link("/o".into()), 0o777, Time(0)).unwrap();
    assert_eq!(files.find(&root, "/o", true), Err(Errno::Loop));
    assert!(files.find(&root, "/o", false).is_ok());
}

#[test]
fn a_folder_cannot_move_into_itself() {
    let mut files = tree();
    let root = Who::root();
    assert_eq!(files.rename(&root, "/home", "/home/ec2-user/x", Time(0)), Err(Errno::Invalid));
    assert_eq!(files.remove_folder(&root, "/home", Time(0)), Err(Errno::NotEmpty));
    files.rename(&root, "/home/ec2-user", "/u", Time(0)).unwrap();
    assert_eq!(files.list(&root, "/home").unwrap(), Vec::<String>::new());
}
