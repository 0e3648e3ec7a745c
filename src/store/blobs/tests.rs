//! What is stored comes back, is mended, and is told when it is damaged.

use super::*;

#[test]
fn a_blob_has_the_published_check_values_and_comes_back_in_parts() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = BlobStore::open(dir.path()).expect("opens");
    let blob = store.put(&mut &b"123456789"[..]).expect("stored");
    assert_eq!(blob.len, 9);
    assert_eq!(blob.md5, "25f9e794323b453885f5181f1b624d0b");
    assert_eq!(blob.crc32, 0xcbf4_3926);
    assert_eq!(blob.crc32c, 0xe306_9283);
    assert_eq!(blob.crc64nvme, 0xae8b_1486_0a79_9888);
    assert_eq!(blob.sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
    let slice = Slice { digest: blob.digest, offset: 2, len: 3 };
    assert_eq!(store.collect(&[slice]).expect("read"), b"345");
    let mut writer = store.writer().expect("writer");
    writer.write_all(&vec![7; HELD_MAX]).expect("written");
    for more in [0, 1, 3] {
        writer.write_all(&vec![8; more]).expect("written");
        let mut back = Vec::new();
        writer.read_back(&mut back).expect("read back");
        assert_eq!((back.len() as u64, Digest::of(&back)), (writer.written(), writer.sha256()));
    }
    drop(writer);
    let left = fs::read_dir(dir.path()).expect("listed").count();
    assert_eq!(left, 1, "only the blob's folder remains");
}

#[test]
fn what_a_killed_program_left_is_swept_and_nothing_else() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = BlobStore::open(dir.path()).expect("opens");
    let blob = store.put(&mut &b"kept"[..]).expect("stored");
    for name in [".tmp-left", "other"] {
        File::create(dir.path().join(name)).expect("made");
    }
    let mut writer = store.writer().expect("writer");
    writer.write_all(&vec![7; 2 * HELD_MAX]).expect("written");
    // As another program sees it: its own handle does not hold what this one does.
    store.sweep().expect("swept");
    let left = |name: &str| dir.path().join(name).exists();
    assert_eq!((left(".tmp-left"), left("other")), (false, true));
    assert!(store.has(&blob.digest));
    let written = writer.finish().expect("nobody took its file");
    assert!(store.has(&written.digest));
    store.sweep().expect("swept again");
    assert!(store.has(&written.digest));
}

#[test]
fn a_name_that_is_taken_is_never_written_to() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let files: Vec<Temporary> =
        (0..64).map(|_| Temporary::new(dir.path()).expect("made")).collect();
    let names: std::collections::BTreeSet<&PathBuf> = files.iter().map(|f| &f.path).collect();
    assert_eq!(names.len(), files.len());
    let own = std::process::id().to_string();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains(&format!("-{own}-"))));
}

#[test]
fn a_damaged_body_is_told_to_whoever_reads_it_whole_and_mended_by_storing_it_again() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = BlobStore::open(dir.path()).expect("opens");
    for len in [1, HELD_MAX, HELD_MAX + 1, 3 * HELD_MAX] {
        let body: Vec<u8> = (0..=250).cycle().take(len).collect();
        let blob = store.put(&mut body.as_slice()).expect("stored");
        let path = store.path(&blob.digest);
        let slice = |offset, len| Slice { digest: blob.digest, offset, len };
        let check = |spoiled: &[u8], words: &str| {
            fs::write(&path, spoiled).expect("spoiled");
            let why = store.collect(&[slice(0, blob.len)]).expect_err("told").to_string();
            assert!(why.contains(words) && why.contains("again"), "{why}");
            assert!(why.contains(&path.display().to_string()), "{why}");
            assert_eq!(store.put(&mut body.as_slice()).expect("stored again"), blob);
            assert_eq!(store.collect(&[slice(0, blob.len)]).expect("read"), body);
        };
        let mut other = body.clone();
        other[len / 2] ^= 4;
        check(&other, "is damaged");
        check(&body[..len - 1], "is shorter than recorded");
        let part = slice(blob.len / 2, blob.len - blob.len / 2);
        assert_eq!(store.collect(&[part]).expect("read"), body[len / 2..]);
    }
}

#[test]
fn bytes_that_another_program_changed_on_their_way_get_no_name() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = BlobStore::open(dir.path()).expect("opens");
    let mut writer = store.writer().expect("writer");
    writer.write_all(&vec![7; 2 * HELD_MAX]).expect("written");
    let path = writer.file.as_ref().expect("a file").path.clone();
    let mut other = File::options().write(true).open(&path).expect("opened");
    other.write_all(b"mixed in").expect("written");
    let why = writer.finish().expect_err("refused").to_string();
    assert!(why.contains("other bytes than were written"), "{why}");
    assert!(!store.has(&Digest::of(&vec![7; 2 * HELD_MAX])));
    assert!(!path.exists(), "nothing is left behind");
}

#[test]
fn a_body_that_a_cut_spoiled_is_told() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = BlobStore::open(dir.path()).expect("opens");
    let body = b"some bytes";
    let blob = store.put(&mut &body[..]).expect("stored");
    let path = store.path(&blob.digest);
    let check = |text: &[u8], short: Option<&str>, deep: Option<&str>| {
        fs::write(&path, text).expect("written");
        for (content, want) in [(false, short), (true, deep)] {
            let found = store.trouble(&blob.digest, blob.len, content);
            assert_eq!(found.as_deref(), want, "{text:?}");
        }
    };
    check(body, None, None);
    let cut = Some("has 4 of its 10 bytes on the disk");
    check(b"some", cut, cut);
    check(&[0; 10], None, Some("has other bytes on the disk than it had"));
    for _ in 0..2 {
        store.discard(&blob.digest).expect("gone");
        let gone = store.trouble(&blob.digest, blob.len, true);
        assert_eq!(gone.as_deref(), Some("is not on the disk"));
    }
    assert_eq!(store.put(&mut &body[..]).expect("stored again"), blob);
    assert_eq!(store.trouble(&blob.digest, blob.len, true), None);
}

#[test]
fn bodies_of_all_lengths_come_back_and_are_mended_when_cut_short() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let store = BlobStore::open(dir.path()).expect("opens");
    let long = usize::try_from(SYNCED_MIN).expect("fits");
    for len in [0, 1, HELD_MAX, HELD_MAX + 1, long, long + 1] {
        let body: Vec<u8> = (0..=255).cycle().take(len).collect();
        let blob = store.put(&mut body.as_slice()).expect("stored");
        assert_eq!(blob.digest, Digest::of(&body));
        let all = [Slice { digest: blob.digest, offset: 0, len: blob.len }];
        assert_eq!(store.collect(&all).expect("read"), body);
        fs::write(store.path(&blob.digest), &body[..len / 2]).expect("cut short");
        assert_eq!(store.put(&mut body.as_slice()).expect("stored again"), blob);
        assert_eq!(store.collect(&all).expect("read again"), body);
    }
    let left = fs::read_dir(dir.path()).expect("listed").flatten();
    assert!(left.into_iter().all(|e| e.path().is_dir()), "no temporary file remains");
}
