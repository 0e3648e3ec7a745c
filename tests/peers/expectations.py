"""What a script that drives the program expects, counted, and told at the end."""

failures = []
_seen = 0


def check(what, holds, shown=""):
    """Notes an expectation, and what was seen when it does not hold."""
    global _seen
    _seen += 1
    if not holds:
        failures.append(what)
        print(f"NOT TRUE: {what}\n{shown}")


def conclude(name):
    """Says how many expectations there were; the script's exit code."""
    print(f"{name}: {_seen} expectations, {len(failures)} not true")
    return 1 if failures else 0
