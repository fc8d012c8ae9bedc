"""``make bench``: what things cost, in one table and in docs/performance.md. Fails where a budget does not hold.

Counts are exact; times are ratios to a floor measured in the same run. Each part runs in a process of its own.
``python -m bench PART ...`` runs some of them.
"""

import subprocess
import sys
from importlib import import_module

import msgspec

from bench import document
from bench.figures import Figure, table

PARTS = ("cold_start", "warm", "calls", "scale", "endings", "answers", "bundle", "widget", "pages")


def main(parts: list[str]) -> int:
    """Measure the parts and print them; how the process ends."""
    if unknown := set(parts) - set(PARTS):
        print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    found: list[Figure] = []
    broken: list[str] = []
    for part in parts or PARTS:
        print(f"measuring {part} ...", file=sys.stderr, flush=True)
        done = subprocess.run([sys.executable, "-m", "bench", "measure", part], check=False, stdout=subprocess.PIPE)
        if done.returncode:
            broken.append(f"{part} could not be measured; what it said is above")
            continue
        figures = msgspec.json.decode(done.stdout.splitlines()[-1], type=list[Figure])
        document.write(part, figures)
        found += figures
    print("\n".join(table(found)))
    broken += [f"over the budget: {one.what}" for one in found if not one.holds]
    print("\n".join(broken), file=sys.stderr)
    return 1 if broken else 0


def measure(part: str) -> None:
    """Print the figures of one part, as JSON."""
    print(msgspec.json.encode(list(import_module(f"bench.{part}").figures())).decode())


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1:]))
