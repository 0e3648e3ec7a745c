"""Runs the same scripts through bash of this machine and through a simulated host, and compares what
they print and how they end, byte by byte. A line `### why` skips the script behind it here: what it
shows differs between versions of the real tools, or is meant to differ.

  host_shell.py [part of a script's text]
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SHELL = os.environ["DISTLAB_HOST"].split()


def scripts():
    for path in sorted((HERE / "host").glob("*.txt")):
        for script in path.read_text().split("\n----\n"):
            if not script.startswith("###"):
                yield path.stem, script.strip("\n")


def real(script):
    with tempfile.TemporaryDirectory() as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        ran = subprocess.run(["bash", "-c", script], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20)
        return ran.returncode, ran.stdout.replace(folder.encode(), b"/home/ec2-user")


def simulated(all_scripts):
    ran = subprocess.run(SHELL, input="\0".join(all_scripts).encode(), stdout=subprocess.PIPE, check=True)
    out, found = ran.stdout, []
    for _ in all_scripts:
        status, length, out = out.split(b"\n", 2)
        found.append((int(status), out[:int(length)]))
        out = out[int(length):]
    return found


def main():
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    table = [(group, script) for group, script in scripts() if part in script]
    wrong = 0
    for (group, script), ours in zip(table, simulated([script for _, script in table])):
        theirs = real(script)
        if ours != theirs:
            wrong += 1
            print(f"--- {group}\n{script}\n  bash: {theirs}\n  ours: {ours}")
    print(f"{len(table) - wrong} of {len(table)} scripts as in bash")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
