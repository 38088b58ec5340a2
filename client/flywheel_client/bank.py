"""The few-shot bank of one release, in memory: the nearest examples to a query."""

import io
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flywheel_client.embed import Embedder, Vectors, embedder_named
from flywheel_client.errors import EmbedderMismatch, ReleaseDamaged
from flywheel_client.release import BANK, VECTORS, Release, open_release
from flywheel_client.selection import Example, Selection, decode_messages, question_of

Where = Mapping[str, str | Collection[str]]
"""Column or tag to the value it must have, or to several of which it must have one."""

_COLUMNS: Final = ("id", "case_id", "messages", "output", "feature", "tenant", "tags", "tokens")
_Rows = npt.NDArray[np.intp]


class Bank:
    """The examples and vectors of one release. Never changes; safe to share between threads."""

    def __init__(
        self, release: Release, columns: dict[str, list[Any]], vectors: Vectors, embedder: Embedder
    ) -> None:
        self._release = release
        self._columns = columns
        self._vectors = vectors
        self._embedder = embedder
        self._embedder_checked = False
        self._tokens = np.asarray(columns["tokens"], np.int64)
        self._by_value: dict[str, dict[str, list[int]]] = {}

    @classmethod
    def open(cls, path: str | Path, embedder: Embedder | None = None) -> "Bank":
        """Read the release that `path`/current names, or the release folder `path` itself.

        `embedder` has to be the one of the manifest; default: the one that manifest names, when
        it comes with this package.

        Raises `ReleaseMissing`, `ReleaseDamaged`, `ReleaseTooNew` or `EmbedderMismatch`.
        """
        release = open_release(Path(path))
        embedder = embedder or embedder_named(release.embedder)
        made_by = (release.embedder, release.embedder_version, release.dimensions)
        queried_by = (embedder.name, embedder.version, embedder.dimensions)
        if made_by != queried_by:
            raise EmbedderMismatch(
                f"release {release.id}: its vectors are of {made_by}, queries would be of "
                f"{queried_by}; open it with the same embedder, or publish anew"
            )
        columns = _read_columns(release)
        return cls(release, columns, _read_vectors(release), embedder)

    @property
    def release(self) -> str:
        """The id of the release."""
        return self._release.id

    @property
    def vectors(self) -> Vectors:
        """One row for each example, in the order of `ids`; length 1."""
        return self._vectors

    @property
    def ids(self) -> list[str]:
        """The ids of all examples."""
        return list(self._columns["id"])

    def questions(self) -> list[str]:
        """What was embedded of each example, in the order of `ids`."""
        return [question_of(decode_messages(text)) for text in self._columns["messages"]]

    def __len__(self) -> int:
        return len(self._columns["id"])

    def select(
        self,
        query: str,
        k: int = 4,
        where: Where | None = None,
        max_tokens: int | None = None,
        exclude_cases: Collection[str] = (),
    ) -> Selection:
        """The `k` examples nearest to `query`, nearest first; equally near ones by id.

        `where` narrows the search by `feature`, `tenant` or a tag (`tags.NAME` for a tag that is
        named like a column), before the nearest are taken. With `max_tokens` the examples
        together keep within it (see `estimate_tokens`): one that does not fit is passed over for
        the next nearest. `exclude_cases` leaves out examples of these cases, so that an
        evaluation never shows a model the answer that it is asked for.
        """
        if k < 0:
            raise ValueError(f"k: {k}; 0 or more is needed")
        rows = self._allowed(where or {}, max_tokens, exclude_cases)
        if k == 0 or rows.size == 0:
            return Selection(self.release, ())
        scores = self._scores(query, rows)
        chosen = self._fill(rows, scores, k, max_tokens)
        return Selection(
            self.release, tuple(self._example(int(rows[i]), float(scores[i])) for i in chosen)
        )

    def _allowed(
        self, where: Where, max_tokens: int | None, exclude_cases: Collection[str]
    ) -> _Rows:
        allowed = np.ones(len(self), bool)
        for key, wanted in where.items():
            allowed &= self._matching(key, {wanted} if isinstance(wanted, str) else wanted)
        if exclude_cases:
            allowed &= ~self._matching("case_id", exclude_cases)
        if max_tokens is not None:
            allowed &= self._tokens <= max_tokens
        return np.flatnonzero(allowed)

    def _matching(self, key: str, wanted: Collection[str]) -> npt.NDArray[np.bool_]:
        rows_of = self._by_value.get(key)
        if rows_of is None:
            rows_of = self._by_value[key] = self._index(key)
        matching = np.zeros(len(self), bool)
        for value in wanted:
            matching[rows_of.get(value, [])] = True
        return matching

    def _index(self, key: str) -> dict[str, list[int]]:
        if key in ("case_id", "feature", "tenant"):
            values = self._columns[key]
        else:
            name = key.removeprefix("tags.")
            values = [json.loads(tags).get(name) for tags in self._columns["tags"]]
        rows_of: dict[str, list[int]] = {}
        for row, value in enumerate(values):
            if value is not None:
                rows_of.setdefault(value, []).append(row)
        return rows_of

    def _scores(self, query: str, rows: _Rows) -> Vectors:
        if not self._embedder_checked:
            self._check_embedder()
        vector = self._embedder.embed([query])[0]
        few = rows.size * 4 < len(self)  # copying few rows is cheaper than multiplying all
        # Row by row and not `vectors @ vector`: BLAS would share these .4 ms among all cores, and
        # on a busy machine wait 20 ms and more for the slowest of its threads.
        scores: Vectors = (
            np.vecdot(self._vectors[rows], vector)
            if few
            else np.vecdot(self._vectors, vector)[rows]
        )
        # Rounded, so that the last bit of a sum does not decide between equally near examples.
        return np.round(scores, 6, out=scores)

    def _check_embedder(self) -> None:
        """An embedder may keep its name and change its weights: try it on an example."""
        again = self._embedder.embed([question_of(decode_messages(self._columns["messages"][0]))])
        if not np.allclose(again[0], self._vectors[0], atol=2e-3):
            raise EmbedderMismatch(
                f"release {self.release}: {self._embedder.name} {self._embedder.version} here "
                "gives other vectors than where it was published; install the same version, or "
                "publish anew"
            )
        self._embedder_checked = True

    def _fill(self, rows: _Rows, scores: Vectors, k: int, max_tokens: int | None) -> list[int]:
        """Positions in `rows` of what is selected, best first."""
        free = np.arange(rows.size)
        if max_tokens is None:
            return self._nearest(rows, scores, free, k)
        tokens, left = self._tokens[rows], max_tokens
        chosen: list[int] = []
        while len(chosen) < k:
            # What is too long now stays too long: the nearest of the rest fits, so k rounds do.
            free = free[(tokens[free] <= left) & ~np.isin(free, chosen)]
            if free.size == 0:
                break
            for i in self._nearest(rows, scores, free, k - len(chosen)):
                if tokens[i] > left:
                    break
                chosen.append(i)
                left -= int(tokens[i])
        return chosen

    def _nearest(self, rows: _Rows, scores: Vectors, free: _Rows, count: int) -> list[int]:
        """The `count` best of the positions `free`, best first, equal ones by id."""
        if count < free.size:
            # argpartition would cut a tie at the boundary as it likes: take all that tie.
            least = scores[free[np.argpartition(scores[free], -count)[-count]]]
            free = free[scores[free] >= least]
        ids = self._columns["id"]
        return sorted(free.tolist(), key=lambda i: (-scores[i], ids[rows[i]]))[:count]

    def _example(self, row: int, score: float) -> Example:
        column = self._columns
        return Example(
            id=column["id"][row],
            messages=decode_messages(column["messages"][row]),
            output=column["output"][row],
            feature=column["feature"][row],
            tags=json.loads(column["tags"][row]),
            score=round(score, 6),
            tokens=int(self._tokens[row]),
        )


def _read_columns(release: Release) -> dict[str, list[Any]]:
    import pyarrow.parquet as pq  # slow to import: only a process that opens a bank pays

    content = release.read(BANK)
    try:
        table = pq.read_table(io.BytesIO(content), columns=list(_COLUMNS))
        columns: dict[str, list[Any]] = {name: table[name].to_pylist() for name in _COLUMNS}
    except (OSError, ValueError, KeyError) as error:  # pyarrow's errors are among these
        raise ReleaseDamaged(
            f"release {release.id}: {BANK} cannot be read ({type(error).__name__})"
        ) from None
    if len(columns["id"]) != release.bank:
        raise ReleaseDamaged(
            f"release {release.id}: {len(columns['id'])} examples, the manifest says {release.bank}"
        )
    return columns


def _read_vectors(release: Release) -> Vectors:
    try:
        vectors = np.load(io.BytesIO(release.read(VECTORS)), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ReleaseDamaged(
            f"release {release.id}: {VECTORS} cannot be read ({type(error).__name__})"
        ) from None
    shape = (release.bank, release.dimensions)
    if vectors.shape != shape or vectors.dtype not in (np.float32, np.float16):
        raise ReleaseDamaged(
            f"release {release.id}: vectors are {vectors.dtype} {vectors.shape}, the manifest "
            f"says {shape} of float32 or float16"
        )
    # Half precision is for disks; multiplying it is many times slower than single.
    return np.ascontiguousarray(vectors, np.float32)
