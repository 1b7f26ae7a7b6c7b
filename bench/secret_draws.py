"""The law of secrets, drawn as often as one likes.

The law is that a secret of a script is in nothing that the tool writes, prints or sends.

    python bench/secret_draws.py [--draws 20000] [--batch 500] [--seed 1]

Each draw is a random secret in a form (what people call one, and where it stands), a shape (how the
string is written) and a kind of file. The draws of a batch stand in one folder, through which
commands go, with the emulator for an account: then all that they wrote and printed is searched.
Every form is drawn equally often. Prints what leaked, and where, and fails where something did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.properties.secret_forms import FORMS
from tests.properties.secret_law import Draw, draw, leaks
from tests.properties.secret_shapes import FILES, SHAPES

_ALL_COMMANDS = 10  # one batch in so many goes through all of them


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Look for secrets of generated scripts in all that the tool gives."
    )
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random, started = Random(arguments.seed), time.monotonic()  # noqa: S311 - draws, no secrets
    leaking: Counter[Draw] = Counter()
    done = 0
    names = cycle(FORMS)
    for number, first in enumerate(range(0, arguments.draws, arguments.batch)):
        draws = [
            draw(random, form)
            for form in islice(names, min(arguments.batch, arguments.draws - first))
        ]
        with tempfile.TemporaryDirectory() as folder:
            for one, place in leaks(draws, Path(folder), few=number % _ALL_COMMANDS > 0):
                leaking[one] += 1
                print(f"{one.form}, {one.shape}, {one.file}, {one.secret}: {place}")
        done += len(draws)
        print(
            f"{done} draws, {len(leaking)} leaks, {time.monotonic() - started:.0f} s",
            file=sys.stderr,
        )
    print(
        f"{done} draws of {len(FORMS)} forms, {len(SHAPES)} shapes, {len(FILES)} kinds of file: "
        f"{len(leaking)} leaks, "
        f"{time.monotonic() - started:.0f} s"
    )
    return 1 if leaking else 0


if __name__ == "__main__":
    sys.exit(main())
