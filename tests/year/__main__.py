"""``make year SEEDS="1 2 3"``: thirty months for each seed, on an emulator of its own."""

import sys
import tempfile
from pathlib import Path

from bench.ports import free_port
from infra.local.run import running
from tests.year.run import live

SEEDS = (1, 2, 3, 4, 5)


def main() -> None:
    """Run the seeds of the command line, or SEEDS."""
    try:
        seeds = [int(one) for one in sys.argv[1:]] or list(SEEDS)
    except ValueError:
        sys.exit("Seeds are whole numbers.")
    with tempfile.TemporaryDirectory() as folder, running(
        free_port(), free_port(), Path(folder), log=lambda *_: None
    ):  # fmt: skip
        for seed in seeds:
            print(f"seed {seed} ...", flush=True)
            try:
                for what, number in live(seed).items():
                    print(f"  {number:>6} {what}")
            except AssertionError as broken:
                sys.exit(str(broken))
    print(f"{len(seeds)} of {len(seeds)} runs: every promise about time was kept on every day.")


if __name__ == "__main__":
    main()
