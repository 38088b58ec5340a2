"""Fuzzes the readers and the parser, bounded in time: `python -m benchmarks.fuzz [SECONDS]`.

Events are mutated, packed and damaged; where atheris is installed (`pip install atheris`: it has no
wheel for every Python and system that this project supports, so it stands outside the lock) its
coverage-guided mutations go on, in a process of its own. Hypothesis's part is in the test suite.
"""

import gzip
import importlib.util
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flywheel.parse import parse_line
from flywheel.shape import shape_of
from flywheel.sources.files import take_fingerprint
from flywheel.sources.jsonl import UnfinishedSource
from flywheel.sources.lines import Position, RawLine
from flywheel.sources.native import read_source
from schemas.event import Feedback, Interaction
from schemas.fault import Fault

SECONDS = 240
SLOW_S = 2.0
MEMORY_BYTES = 4 * 2**30
SEEDS = (
    b'{"type": "interaction", "id": "i", "time": "2025-01-06T09:00:00Z", "output": "", '
    b'"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]}',
    b'{"type": "feedback", "id": "f", "time": "2025-01-06T09:00:00+01:00", '
    b'"interaction_id": "i", "signal": "thumbs", "value": 1, "tags": {"a": "b"}}',
    b'{"type": "feedback", "id": "f", "id": "g", "x": [NaN, 1e999, "\\ud800"]}',
    b"[" * 400,
    b"\xef\xbb\xbf\xff\xfe{\x00",
)
_PIECES = (
    b'"', b"{", b"}", b"[", b"]", b":", b",", b"\\u", b"\\", b"\n", b"\r\n", b"\x00",
    b"\xff", b"1e400", b"-0", b"9" * 400, b'"id":', b'"tags":{}', b"null", b"NaN",
)  # fmt: skip


def check(data: bytes) -> None:
    """Every line is an event, a fault or blank, soon, whatever the bytes; its shape has no text."""
    start = time.monotonic()
    line = RawLine(1, 0, Position(len(data), 2), data)
    found = parse_line(line, "fuzz")
    if found is not None and not isinstance(found, Interaction | Feedback | Fault):
        raise AssertionError(type(found))
    shape_of(data)
    if time.monotonic() - start > SLOW_S:
        raise AssertionError(f"{len(data)} bytes took over {SLOW_S} s")


def check_file(path: Path, data: bytes) -> None:
    """A file of these bytes is read to its end, and its lines lie one behind the other."""
    path.write_bytes(data)
    offset = 0
    try:
        for line in read_source(path, take_fingerprint(path).kind, Position(), 4096):
            if line.offset < offset or line.end.offset <= line.offset:
                raise AssertionError(f"line {line.number} at {line.offset} after {offset}")
            offset = line.end.offset
    except UnfinishedSource:
        pass


def mutate(rng: random.Random) -> bytes:
    """A seed with pieces cut out, doubled and put in."""
    data = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                del data[at : at + rng.randrange(20)]
            case 1:
                data[at:at] = rng.choice(_PIECES)
            case 2:
                data[at:at] = data[at : at + rng.randrange(40)]
            case _:
                data[at:at] = rng.randbytes(rng.randrange(6))
    return bytes(data)


def fuzz_for(seconds: float, seed: int = 0) -> int:
    """Mutated lines and files until the time is up; gives how many."""
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    done = 0
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "fuzz.jsonl"
        while time.monotonic() < end:
            data = mutate(rng)
            try:
                check(data)
                packed = bytearray(gzip.compress(data, 1))
                packed[rng.randrange(len(packed))] ^= rng.randrange(256)
                check_file(path, bytes(packed) if done % 3 else data)
            except Exception:
                print(f"seed {seed}, input {done}: {json.dumps(data.decode('latin-1'))}")
                raise
            done += 1
    return done


def _atheris(seconds: int) -> int:
    code = (
        "import sys, atheris\n"
        "with atheris.instrument_imports(include=['flywheel.parse', 'flywheel.shape']):\n"
        "    import benchmarks.fuzz as fuzz\n"
        f"atheris.Setup([sys.argv[0], '-max_total_time={seconds}', '-max_len=4096', "
        "'-rss_limit_mb=4096', '-timeout=20', *sys.argv[1:]], fuzz.check)\n"
        "atheris.Fuzz()\n"
    )
    with tempfile.TemporaryDirectory() as corpus:  # its mutations begin with our seeds
        for number, seed in enumerate(SEEDS):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        return subprocess.run([sys.executable, "-c", code, corpus], check=False).returncode


def main(seconds: int) -> int:
    """Half the time each; without atheris the mutations have all of it."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, before[1]))
    has_atheris = importlib.util.find_spec("atheris") is not None
    done = fuzz_for(seconds / 2 if has_atheris else seconds, seed=int(time.time()))
    print(f"{done:,} mutated lines and files: no crash, no hang, memory under {MEMORY_BYTES:,} B")
    if not has_atheris:
        print("atheris is not installed (pip install atheris): its half was not run")
        return 0
    resource.setrlimit(resource.RLIMIT_AS, before)
    return _atheris(seconds // 2)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else SECONDS))
