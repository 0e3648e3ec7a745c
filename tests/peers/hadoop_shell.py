"""The same command lines through Hadoop's own FsShell and through ours.

FsShell (out of pyspark's jars) works on a local folder; ours, given as a command prefix in DISTLAB
(`distlab exec LAB --`, say), works on the lab's HDFS under /user/me. What the two file systems are
bound to differ in (owner, group, times, replication, block size, the size of a directory, the order
and URI of paths) is made alike first; then exit code, standard output and standard error must agree.

    pip download --no-deps --no-binary :all: pyspark==3.3.4     # then unpack deps/jars
    HADOOP_JARS=pyspark-3.3.4/deps/jars DISTLAB='distlab exec bigdata/03-hdfs-internals --' \
        python3 tests/peers/hadoop_shell.py

Prints one line per difference and exits with 1 when there is any; 3 when a peer is missing.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# Each is run by both, one after the other, on the same starting point.
LINES = """
-ls
-ls nope
-ls a.txt
-ls -C .
-ls -C d
-ls -R -C .
-ls n*
-ls *
-ls -d *
-ls d/{b,c}
-ls -z
-lss
ls
-mkdir
-mkdir d
-mkdir -p d
-mkdir a.txt
-mkdir x/y
-mkdir new
-mkdir -p deep/er/est
-put LOCAL/a.txt a.txt
-put LOCAL/nope d
-put LOCAL/a.txt nodir/x
-put LOCAL/a.txt LOCAL/b q
-put LOCAL/a.txt new
-put -f LOCAL/b new/a.txt
-copyFromLocal LOCAL/tree grown
-ls -C -R grown
-cat a.txt
-cat d/b new/a.txt
-cat d
-cat nope a.txt
-text a.txt
-head a.txt
-head d
-tail a.txt
-tail d
-rm d
-rm nope
-rm -f nope
-rm grown/one
-rm -r grown
-rm
-rmdir d
-rmdir a.txt
-rmdir deep/er/est
-mv nope new
-mv a.txt d/b
-mv new/a.txt new/c
-cp a.txt d/b
-cp a.txt new
-cp -f d/b new/c
-cp d d/sub/q
-cp nope q
-cp d e2
-setrep 0 a.txt
-setrep x a.txt
-setrep 2 a.txt
-setrep 2 nope
-setrep 2 d
-stat %b_%F_%n a.txt
-stat %F_%n a.txt d
-stat %a_%A a.txt d
-stat
-stat %n nope
-du a.txt
-du -s d
-du -s nope
-du -v -h -s d/b
-count d
-count -v d a.txt
-count -q -h -v d
-count nope
-count
-test -e a.txt
-test -e nope
-test -d d
-test -f d
-test -z a.txt
-test -s a.txt
-test
-test -e -d a.txt
-touchz empty
-touchz a.txt
-touchz d
-touchz no/x
-touch fresh
-touch -c never
-getmerge d LOCAL/merged
-get a.txt LOCAL/got
-get a.txt LOCAL/got
-get -f d/b LOCAL/got
-get nope LOCAL/x
-get d LOCAL/no/way
-find . -name b*
-find d
-find d -iname B
-find . -foo
-chmod 999 a.txt
-chmod u+q a.txt
-chmod
-chmod 600 a.txt
-stat %a a.txt
-chmod -R go-r,u+x d
-stat %a d d/b
-chmod 644 nope
-chown
-chown me nope
-chown a!b a.txt
-usage ls
-usage nope
-help nope
-expunge
""".strip().splitlines()


def reference(jars, conf):
    """A runner of the real shell."""
    # Java begins in half the time with few jars and an archive of the classes as they are after one
    # run. Such an archive takes no folder in the class path, so the settings stand in a jar.
    archive, settings = conf.with_suffix(".jsa"), conf.with_suffix(".jar")
    with zipfile.ZipFile(settings, "w") as packed:
        for file in conf.iterdir():
            packed.write(file, file.name)
    kinds = ("hadoop", "commons", "log4j", "slf4j", "snappy", "lz4", "zstd")
    chosen = [settings, *sorted(path for path in Path(jars).glob("*.jar") if path.name.startswith(kinds))]
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--add-opens", "java.base/java.lang=ALL-UNNAMED"]
    shell = ["-Xlog:disable", "-cp", ":".join(map(str, chosen)), "org.apache.hadoop.fs.FsShell"]
    run(["java", *options, f"-XX:ArchiveClassesAtExit={archive}", *shell, "-ls", "/"], conf)
    return lambda words, cwd: run(["java", *options, f"-XX:SharedArchiveFile={archive}", *shell, *words], cwd)


def run(words, cwd):
    env = dict(os.environ, HADOOP_USER_NAME="me")
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def alike(text, root):
    """Text without what must differ."""
    text = text.replace(f"file:{root}", "FS").replace("hdfs://namenode:8020/user/me", "FS")
    text = text.replace(str(root), "FS")
    lines = []
    for line in text.splitlines():
        # A line of -ls: keep the kind, the permission and the path.
        found = re.match(r"^([d-][rwxtT-]{9}) +[\d-]+ \S+ +\S+ +\d+ \S+ \S+ (.*)$", line)
        if found:
            line = f"{found[1]} {found[2]}"
        # A line of -du: the second figure counts replicas.
        line = re.sub(r"^(\d+) +\d+ +(\S+)$", r"\1 \2", line)
        lines.append(line)
    # The local file system lists in no order.
    if all(re.match(r"^([d-][rwxtT-]{9} |[\w./]+$|Found )", line) for line in lines):
        lines.sort()
    return "\n".join(lines)


def seed(folder):
    """The files that both begin with."""
    (folder / "d/sub").mkdir(parents=True)
    (folder / "a.txt").write_text("hello\n")
    (folder / "d/b").write_text("aa\nbb\n")


def main():
    jars, ours = os.environ.get("HADOOP_JARS"), os.environ.get("DISTLAB")
    if not jars or not ours or not shutil.which("java"):
        print("set HADOOP_JARS and DISTLAB, and install java", file=sys.stderr)
        return 3
    work = Path(tempfile.mkdtemp(prefix="hadoop-shell-"))
    root, conf = work / "root", work / "conf"
    places = {"reference": work / "local1", "ours": work / "local2"}
    for folder in [root, conf, *places.values()]:
        folder.mkdir()
    (conf / "core-site.xml").write_text("<configuration/>")
    (conf / "log4j2.properties").write_text("rootLogger.level=off\n")
    seed(root)
    for folder in places.values():
        seed(folder)
        (folder / "b").write_text("other\n")
        (folder / "tree/in").mkdir(parents=True)
        (folder / "tree/one").write_text("1\n")
        (folder / "tree/in/two").write_text("2\n")
    real = reference(str(Path(jars).resolve()), conf)
    prefix = shlex.split(ours) + ["hdfs", "dfs"]
    for words in (["-rm", "-r", "-f", "/user/me"], ["-mkdir", "-p", "/user/me"],
                  ["-put", "d", "a.txt", "/user/me"]):
        code, _, err = run(prefix + words, places["ours"])
        if code != 0:
            print(f"cannot prepare /user/me: {err}", file=sys.stderr)
            return 3
    wrong = 0
    for line in LINES:
        answers = []
        for name, act, cwd in (("reference", real, root), ("ours", None, places["ours"])):
            words = [w.replace("LOCAL", str(places[name])) for w in line.split()]
            code, out, err = act(words, cwd) if act else run(prefix + words, cwd)
            text = [alike(t.replace(str(places[name]), "LOCAL"), root) for t in (out, err)]
            answers.append((code, *text))
        if answers[0] != answers[1]:
            wrong += 1
            print(f"$ {line}")
            for name, answer in zip(("reference", "ours"), answers):
                short = [str(a)[-600:] for a in answer]
                print(f"  {name}: {short}")
    print(f"{len(LINES)} command lines, {wrong} different")
    shutil.rmtree(work)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
