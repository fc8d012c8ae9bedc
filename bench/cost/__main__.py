"""``make cost``: count on an emulator of its own, and write bench/cost/counts.json and docs/cost.md; with ``page``,
only docs/cost.md from the last counts, the prices and the assumptions."""

import json
import sys
from pathlib import Path

from bench.cost.measure import measured
from bench.cost.page import COUNTS, PAGE, counts, page
from bench.stack import local_stack


def main() -> None:
    """Count, unless asked for the page only, and write."""
    if sys.argv[1:] != ["page"]:
        with local_stack() as stack:
            COUNTS.write_text(json.dumps(measured(stack, alone=True), indent=1) + "\n")
    PAGE.write_text(page(counts()))
    print(f"written: {COUNTS.relative_to(Path.cwd())}, {PAGE.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
