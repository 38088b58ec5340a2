"""One release in memory or mapped: the nearest examples to a query. It never changes."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flywheel_client.approximate import OpenIndex, open_index
from flywheel_client.embed import Embedder, Vectors, WordLlamaEmbedder, embedder_named
from flywheel_client.errors import EmbedderMismatch, ReleaseDamaged
from flywheel_client.legacy import read_version_1
from flywheel_client.pick import Basket, fill
from flywheel_client.release import GOLDEN, INDEX, VECTORS, Buffer, Release
from flywheel_client.rows import (
    FILTER_KEYS,
    FILTER_ROWS,
    ROW_INDEX,
    ROWS,
    SHARED,
    RowNumbers,
    Rows,
    column_named,
    parse_array,
)
from flywheel_client.search import ExactRanking, IndexRanking, Ranking, scan, widen
from flywheel_client.selection import Example, Selection, chat_messages, question_of
from flywheel_client.tokens import CountTokens, count_messages
from flywheel_client.turns import TURN

WIDE_ROWS: Final = 65_536
"""Up to so many rows the vectors are held in single precision (64 MB at 256 dimensions): comparing
with all of them is fast. Above, they stay mapped, and an index finds the nearest."""
_SCOPES: Final = 64
"""Filters that are remembered: an application has few, and repeats them."""
_LONG: Final = 4096
"""Comparing with so many takes longer than to let another thread select meanwhile."""
_FEW: Final = 16_384
"""So few rows of a large bank are compared with one by one."""


@dataclass(frozen=True)
class Request:
    """What is asked of a bank; `Bank.select` says what each part means."""

    query: str
    k: int = 4
    where: Mapping[str, str | Collection[str]] = field(default_factory=dict)
    tenant: str | None = None
    isolate: bool = False
    max_tokens: int | None = None
    diversity: float = 0.0
    exclude_cases: Collection[str] = ()


class Scope:
    """The rows that a filter and a tenant leave; none of them: all rows."""

    def __init__(self, rows: RowNumbers | None, tokens: npt.NDArray[np.int32]) -> None:
        self.rows = rows
        self.tokens = tokens if rows is None else tokens[rows]
        self.vectors: Vectors | None = None
        """Their vectors side by side, once they were needed: gathering takes longer than
        multiplying."""
        self._total = tokens.size
        self.longest = int(self.tokens.max(initial=0))

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def mask(self) -> npt.NDArray[np.bool_]:
        """For each row of the release whether it is one of these."""
        mask = np.zeros(self._total, bool)
        mask[slice(None) if self.rows is None else self.rows] = True
        return mask


class Snapshot:
    """The examples and vectors of one release; safe to share between threads."""

    def __init__(
        self,
        release: Release,
        rows: Rows,
        vectors: npt.NDArray[Any],
        embedder: Embedder,
        index: OpenIndex | None = None,
        count_tokens: CountTokens | None = None,
    ) -> None:
        self._release = release
        self.rows = rows
        self._vectors = vectors
        self._wide = widen(vectors) if len(rows) <= WIDE_ROWS else None
        self._embedder = embedder
        self._index = index
        self._count_tokens = count_tokens
        self._counted: dict[int, int] = {}
        self._scopes: OrderedDict[Any, Scope] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def load(
        cls,
        release: Release,
        embedder: Embedder | None = None,
        count_tokens: CountTokens | None = None,
    ) -> "Snapshot":
        """Read a release, each file checked, and try the embedder on one of its examples.

        Raises `ReleaseDamaged` or `EmbedderMismatch`.
        """
        embedder = embedder or embedder_named(release.embedder)
        made_by = (release.embedder, release.embedder_version, release.dimensions)
        queried_by = (embedder.name, embedder.version, embedder.dimensions)
        if made_by != queried_by:
            raise EmbedderMismatch(
                f"release {release.id}: its vectors are of {made_by}, queries would be of "
                f"{queried_by}; open it with the same embedder, or publish anew"
            )
        rows, vectors, index = _read(release)
        snapshot = cls(release, rows, vectors, embedder, index, count_tokens)
        snapshot._check_embedder()
        return snapshot

    @property
    def release(self) -> str:
        """The id of the release."""
        return self._release.id

    @property
    def vectors(self) -> Vectors:
        """One row for each example, in the order of `rows`; length 1."""
        return widen(self._vectors) if self._wide is None else self._wide

    def __len__(self) -> int:
        return len(self.rows)

    def questions(self) -> list[str]:
        """What was embedded of each example, in the order of `rows`."""
        return [question_of(record["messages"]) for record in self.rows]

    def reset_locks(self) -> None:
        """For a forked process, in which another thread's lock would stay locked for ever."""
        self._lock = threading.Lock()
        if isinstance(self._embedder, WordLlamaEmbedder):
            self._embedder.reset_lock()

    def select(self, request: Request) -> Selection:
        """The examples for one request; hold the turn (`TURN`)."""
        scope = self._scope(request)
        if request.k == 0 or len(scope) == 0:
            return Selection(self.release, ())
        query = self._embed(request.query)[0]
        basket = Basket(request.k, request.max_tokens, self._tokens_of)
        ranking = self._ranking(scope, query, self._excluded(request.exclude_cases))
        vectors_of = partial(self._vectors_in, scope)
        fill(basket, ranking, vectors_of, request.diversity, self._count_tokens is None)
        return Selection(self.release, tuple(self._examples(basket)))

    def _embed(self, text: str) -> Vectors:
        if isinstance(self._embedder, WordLlamaEmbedder):
            return self._embedder.embed([text])
        with TURN.pause():  # nobody knows how long another one takes, or what it waits for
            return self._embedder.embed([text])

    def _scope(self, request: Request) -> Scope:
        where = tuple(
            (column_named(name), (wanted,) if isinstance(wanted, str) else tuple(sorted(wanted)))
            for name, wanted in sorted(request.where.items())
        )
        key = (where, request.tenant, request.isolate)
        with self._lock:
            scope = self._scopes.get(key)
            if scope is not None:
                self._scopes.move_to_end(key)
                return scope
        scope = Scope(self._narrow(where, request), self.rows.tokens)
        with self._lock:
            self._scopes[key] = scope
            if len(self._scopes) > _SCOPES:
                self._scopes.popitem(last=False)
        return scope

    def _narrow(self, where: tuple[Any, ...], request: Request) -> RowNumbers | None:
        parts = [self.rows.matching(column, wanted) for column, wanted in where]
        named = any(column == "tenant" for column, _ in where)
        if request.tenant is not None:
            own = self.rows.matching("tenant", [request.tenant])
            parts.append(np.union1d(own, self.rows.matching(SHARED, [""])))
        elif request.isolate and not named:
            parts.append(self.rows.matching(SHARED, [""]))
        rows: RowNumbers | None = None
        for part in sorted(parts, key=len):
            rows = part if rows is None else np.intersect1d(rows, part, assume_unique=True)
        return rows

    def _excluded(self, cases: Collection[str]) -> RowNumbers | None:
        if not cases:
            return None
        found = [self.rows.matching(column, cases) for column in ("case_id", "cluster")]
        return np.union1d(*found)

    def _ranking(self, scope: Scope, query: Vectors, excluded: RowNumbers | None) -> Ranking:
        if self._wide is not None or self._index is None or len(scope) <= _FEW:
            return self._exact(scope, query, excluded)

        def allowed(rows: RowNumbers) -> npt.NDArray[np.bool_]:
            mask = scope.mask[rows]
            return mask if excluded is None else mask & ~np.isin(rows, excluded)

        index = self._index
        return IndexRanking(
            lambda count: index.search(query, count),
            lambda rows: np.vecdot(self._vectors_of(rows), query),
            allowed,
            self.rows.tokens,
            len(scope) / len(self),
            lambda: self._exact(scope, query, excluded),
        )

    def _exact(self, scope: Scope, query: Vectors, excluded: RowNumbers | None) -> ExactRanking:
        # Row by row and not `vectors @ vector`: BLAS would share these .2 ms among all cores, and
        # on a busy machine wait 20 ms and more for the slowest of its threads.
        near = self._vectors if self._wide is None else self._side_by_side(scope, self._wide)
        with TURN.pause() if len(scope) >= _LONG else nullcontext():
            scores = scan(near, scope.rows, query) if self._wide is None else np.vecdot(near, query)
        if excluded is not None:
            gone = excluded if scope.rows is None else np.isin(scope.rows, excluded)
            scores[gone] = -np.inf
        return ExactRanking(scope.rows, scores, scope.tokens, scope.longest)

    def _side_by_side(self, scope: Scope, wide: Vectors) -> Vectors:
        if scope.rows is None:
            return wide
        gathered = scope.vectors  # looked at once: another thread's filter may take its room
        if gathered is None:
            with self._lock:
                gathered = scope.vectors
                if gathered is None:
                    gathered = scope.vectors = self._gather(scope, wide, scope.rows)
        return gathered

    def _gather(self, scope: Scope, wide: Vectors, rows: RowNumbers) -> Vectors:
        """All gathered copies together take no more room than the vectors; the oldest go."""
        for other in self._scopes.values():
            held = sum(len(one) for one in self._scopes.values() if one.vectors is not None)
            if held + len(scope) <= len(self):
                break
            if other is not scope:
                other.vectors = None
        return wide[rows]

    def _vectors_of(self, rows: RowNumbers) -> Vectors:
        return widen(self._vectors[rows]) if self._wide is None else self._wide[rows]

    def _vectors_in(self, scope: Scope, rows: RowNumbers) -> Vectors:
        """As `_vectors_of`, from where the comparison has just read them."""
        gathered = scope.vectors
        if gathered is None or scope.rows is None:
            return self._vectors_of(rows)
        return gathered[np.searchsorted(scope.rows, rows)]

    def _tokens_of(self, row: int) -> int:
        if self._count_tokens is None:
            return int(self.rows.tokens[row])
        if row not in self._counted:
            record = self.rows.decode(row)
            chat = chat_messages(record["messages"], record["output"])
            self._counted[row] = count_messages(self._count_tokens, chat)
        return self._counted[row]

    def _examples(self, basket: Basket) -> Iterator[Example]:
        records = self.rows.decode_these(basket.rows)
        for row, score, record in zip(basket.rows, basket.scores, records, strict=True):
            yield Example(
                record["id"],
                tuple(record["messages"]),
                record["output"],
                record["feature"],
                record["tags"],
                round(score, 6),
                self._tokens_of(row),
            )

    def _check_embedder(self) -> None:
        """An embedder may keep its name and change its weights: try it on an example."""
        if len(self) == 0:  # then the weights need not be loaded either
            return
        question = question_of(self.rows.decode(0)["messages"])
        again = self._embedder.embed([question])
        if not np.allclose(again, self._vectors_of(np.array([0])), atol=2e-2):
            raise EmbedderMismatch(
                f"release {self.release}: {self._embedder.name} {self._embedder.version} here "
                "gives other vectors than where it was published; install the same version, or "
                "publish anew"
            )


def _read(release: Release) -> tuple[Rows, npt.NDArray[Any], OpenIndex | None]:
    """Rows, vectors and the index, if the release has one; raises `ReleaseDamaged`."""
    try:
        if release.schema_version == 1:
            rows, content = read_version_1(release)
            index = None
        else:
            names = {ROWS, ROW_INDEX, FILTER_KEYS, FILTER_ROWS, VECTORS}
            # All that is there is checked, the table for other tools too: what is damaged in one
            # place is not trusted in another. The golden set is none of production's business.
            files, index = _load(release, (names | release.files.keys()) - {GOLDEN, INDEX})
            arrays = [parse_array(files[name]) for name in (ROW_INDEX, FILTER_KEYS, FILTER_ROWS)]
            rows, content = Rows(files[ROWS], *arrays), files[VECTORS]
        return rows, _parse_vectors(release, content, len(rows)), index
    except (ValueError, EOFError, KeyError) as error:
        raise ReleaseDamaged(
            f"release {release.id}: its files cannot be read ({type(error).__name__}: {error})"
        ) from None


def _load(release: Release, names: Collection[str]) -> tuple[dict[str, Buffer], OpenIndex | None]:
    """The files, and the index, which is checked and opened while they are."""
    if INDEX not in release.files:
        return release.load(sorted(names)), None
    with ThreadPoolExecutor(1, "flywheel-index") as pool:
        index = pool.submit(_open_index, release)
        return release.load(sorted(names)), index.result()


def _open_index(release: Release) -> OpenIndex | None:
    return open_index(release.load([INDEX])[INDEX], release.dimensions)


def _parse_vectors(release: Release, content: Buffer, rows: int) -> npt.NDArray[Any]:
    if rows != release.bank:
        raise ReleaseDamaged(
            f"release {release.id}: {rows} examples, the manifest says {release.bank}"
        )
    try:
        vectors = parse_array(content)
    except (ValueError, EOFError) as error:
        raise ReleaseDamaged(
            f"release {release.id}: {VECTORS} cannot be read ({type(error).__name__})"
        ) from None
    shape = (release.bank, release.dimensions)
    if vectors.shape != shape or vectors.dtype not in (np.float32, np.float16, np.int8):
        raise ReleaseDamaged(
            f"release {release.id}: vectors are {vectors.dtype} {vectors.shape}, the manifest "
            f"says {shape} of float32, float16 or int8"
        )
    return vectors
