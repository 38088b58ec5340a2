"""The few-shot bank as production holds it: always there, at the newest release that is good."""

import logging
import os
import threading
import weakref
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from flywheel_client.embed import Embedder
from flywheel_client.errors import (
    BankError,
    EmbedderMismatch,
    ReleaseDamaged,
    ReleaseMissing,
    ReleaseTooNew,
    ReleaseUnsigned,
)
from flywheel_client.events import EventSender, feedback_event, interaction_event
from flywheel_client.exposure import check_probability, withhold
from flywheel_client.selection import Selection
from flywheel_client.stores import ALONE, Store, open_store
from flywheel_client.turns import TURN

if TYPE_CHECKING:  # numpy is imported when a bank is opened, not when the client is
    from flywheel_client.snapshot import Request, Snapshot
    from flywheel_client.tokens import CountTokens

Where = Mapping[str, str | Collection[str]]
"""Column or tag to the value it must have, or to several of which it must have one."""

REFRESH_S: Final = 10.0

_log = logging.getLogger("flywheel_client")
_REASONS: Final[dict[type[BankError], str]] = {
    ReleaseMissing: "missing",
    ReleaseDamaged: "damaged",
    ReleaseUnsigned: "unsigned",
    ReleaseTooNew: "too_new",
    EmbedderMismatch: "embedder",
}


class Bank:
    """The newest good release under a pointer; safe to share between threads, and to fork with."""

    def __init__(
        self,
        store: Store,
        *,
        embedder: Embedder | None = None,
        public_keys: Sequence[str] = (),
        count_tokens: "CountTokens | None" = None,
        isolate: bool = False,
        strict: bool = False,
        refresh_s: float | None = None,
        sender: EventSender | None = None,
        withhold: float = 0.0,
    ) -> None:
        """As `open`, which is how a bank is made."""
        self._store = store
        self._embedder = embedder
        self._public_keys = public_keys
        self._count_tokens = count_tokens
        self._isolate = isolate
        self._strict = strict
        self._refresh_s = refresh_s
        self._sender = sender
        self._withhold = withhold
        self._snapshot: Snapshot | None = None
        self._problem: BankError | None = None
        self._refused: tuple[str, Hashable] | None = None
        self._counts: Counter[str] = Counter()
        self._thread: threading.Thread | None = None
        self._make_locks()
        _BANKS.add(self)

    @classmethod
    def open(
        cls,
        location: str | Path,
        embedder: Embedder | None = None,
        *,
        refresh_s: float | None = REFRESH_S,
        strict: bool = False,
        isolate: bool = False,
        public_key: str | Sequence[str] = (),
        cache: str | Path | None = None,
        model: str | None = None,
        count_tokens: "CountTokens | None" = None,
        events: str | Path | None = None,
        withhold: float = 0.0,
    ) -> "Bank":
        """The bank of the releases in a folder or an object store (`s3://bucket/releases`).

        Without `strict` this never raises for what is or is not published there: `select` gives
        nothing until a good release comes, and says why. With `strict` both raise `BankError`.

        - `embedder`: the one that the release was published with, unless it comes with this
          package.
        - `refresh_s`: how often the pointer is looked at, in the background; none: never again.
        - `isolate`: a `select` that names no tenant gets only examples that are shared.
        - `public_key`: Ed25519, base64; one or several. A release must be signed with one.
        - `cache`: a folder for copies; default for an object store: one in the user's cache.
        - `model`: counts tokens with its tokenizer where tiktoken and its data are at hand;
          `count_tokens`: counts them with this. Default: characters / 4, from the release.
        - `events`: a file, folder or collector's address for `interaction` and `feedback`.
        - `withhold`: the probability with which examples are kept back, so that `flywheel uplift`
          can tell what they do; .02 is plenty for a busy application. Log `Selection.few_shot`.
        """
        check_probability(withhold)
        if count_tokens is None and model is not None:
            from flywheel_client.tokens import tokenizer_of

            count_tokens = tokenizer_of(model)
        bank = cls(
            open_store(location, cache),
            embedder=embedder,
            public_keys=(public_key,) if isinstance(public_key, str) else tuple(public_key),
            count_tokens=count_tokens,
            isolate=isolate,
            strict=strict,
            refresh_s=refresh_s,
            sender=None if events is None else EventSender(events),
            withhold=withhold,
        )
        bank._start()
        return bank

    @classmethod
    async def aopen(cls, location: str | Path, *args: Any, **options: Any) -> "Bank":
        """`open` without blocking the event loop."""
        import asyncio  # slow to import: who calls this has it already

        return await asyncio.to_thread(cls.open, location, *args, **options)

    @property
    def release(self) -> str | None:
        """The id of the release that is served now."""
        snapshot = self._snapshot
        return None if snapshot is None else snapshot.release

    @property
    def problem(self) -> BankError | None:
        """What keeps the current release from being served; none when it is."""
        return self._problem

    @property
    def ids(self) -> list[str]:
        """The ids of all examples; reads every one of them, so it is for tools."""
        snapshot = self._snapshot
        return [] if snapshot is None else [record["id"] for record in snapshot.rows]

    def __len__(self) -> int:
        snapshot = self._snapshot
        return 0 if snapshot is None else len(snapshot)

    def __bool__(self) -> bool:
        """True: a bank without examples is a bank."""
        return True

    def select(
        self,
        query: str,
        k: int = 4,
        where: Where | None = None,
        max_tokens: int | None = None,
        diversity: float = 0.0,
        *,
        tenant: str | None = None,
        exclude_cases: Collection[str] = (),
    ) -> Selection:
        """The `k` examples nearest to `query`, nearest first; equally near ones by id.

        - `where` narrows the search by `feature`, `tenant`, `cluster` or a tag (`tags.NAME` for a
          tag that is named like a column), before the nearest are taken.
        - `max_tokens`: the examples together keep within it; one that does not fit is passed over
          for the next.
        - `diversity`, 0 to 1: how much an example's likeness to those before it counts against it
          (maximal marginal relevance).
        - `tenant`: who asks. Examples of other tenants are out of reach, unless they are shared:
          of no tenant, or tagged `shared: true`.
        - `exclude_cases` leaves out the examples of these cases or clusters, so that an
          evaluation never shows a model the answer that it is asked for.

        Raises `ValueError` for a wrong argument, and with `strict` a `BankError` while no release
        is good; else nothing.
        """
        _check(k, max_tokens, diversity)
        if self._thread is None and self._refresh_s is not None:
            self._watch()
        snapshot = self._snapshot
        if snapshot is None:
            return self._nothing(self._problem or ReleaseMissing("no release was read yet"))
        from flywheel_client.snapshot import Request

        request = Request(
            query, k, where or {}, tenant, self._isolate, max_tokens, diversity, exclude_cases
        )
        with TURN.take():
            return self._answer(snapshot, request)

    def _answer(self, snapshot: "Snapshot", request: "Request") -> Selection:
        try:
            selection = withhold(snapshot.select(request), self._withhold)
        except Exception as error:
            if self._strict:
                raise
            self._count("errors")
            # The type alone: a message may quote the query, and logs are kept.
            _log.error("release %s: selecting failed (%s)", snapshot.release, type(error).__name__)
            return Selection(snapshot.release, (), f"selecting failed ({type(error).__name__})")
        self._count("selections" if selection.examples else "empty_selections")
        return selection

    async def aselect(self, query: str, *args: Any, **options: Any) -> Selection:
        """`select` for async code: right here, as it takes less time than a hop to a thread."""
        return self.select(query, *args, **options)

    def refresh(self) -> bool:
        """Look at the pointer now, and take the release that it names if it is good.

        True when the current release is the one that is served. Raises nothing.
        """
        with self._refreshing:
            self._count("polls")
            try:
                self._problem = self._follow()
            except Exception as error:
                self._problem = BankError(f"refreshing failed ({type(error).__name__})")
                self._count("errors")
                _log.exception("refreshing the bank failed")
            return self._problem is None

    def metrics(self) -> dict[str, int]:
        """Counters since the bank was opened; `refused_*` by reason, `events_*` of the sender."""
        with self._counting:
            counts = dict(self._counts)
        return counts | (self._sender.metrics() if self._sender else {})

    def interaction(self, **fields: Any) -> str:
        """Send one answer that the model gave, in the native event format; gives its id.

        `id` and `time` default to a new one and now. Never blocks and never raises for the
        sink's troubles; without `events` nothing is sent.
        """
        return self._send(interaction_event(fields))

    def feedback(self, interaction_id: str, signal: str, **fields: Any) -> str:
        """Send one thing that somebody did about an answer; as `interaction`."""
        return self._send(feedback_event(interaction_id, signal, fields))

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until the events so far are written; false when that takes longer."""
        return self._sender.flush(timeout_s) if self._sender else True

    def close(self) -> None:
        """Stop looking for releases, and send what is buffered. `select` works on."""
        self._refresh_s = None
        self._stop.set()
        if self._sender:
            self._sender.close()

    def __enter__(self) -> "Bank":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        self.refresh()
        if self._snapshot is None:
            self._serve_last_good()
        if self._snapshot is None and self._problem is not None and self._strict:
            raise self._problem
        if self._refresh_s is not None:
            self._watch()

    def _follow(self) -> BankError | None:
        """Serve what the pointer names; gives what is wrong with it."""
        release_id = None
        try:
            release_id = self._store.pointer()
            if self._snapshot is not None and release_id in (self._snapshot.release, ALONE):
                self._refused = None
                return None
            seen = self._store.fingerprint(release_id)
            if seen is not None and self._refused == (release_id, seen):
                return self._problem  # nothing about it has changed since it was refused
            self._take(self._store.fetch(release_id), alone=release_id == ALONE)
        except BankError as error:
            if release_id is not None:
                if not isinstance(error, EmbedderMismatch):  # the copy is as good as the release
                    self._store.discard(release_id)
                self._refused = (release_id, self._store.fingerprint(release_id))
            self._note(error)
            return error
        self._store.keep(release_id)
        self._refused = None
        return None

    def _take(self, folder: Path, alone: bool = False) -> None:
        """Load a release beside the one that is served, then switch in one step."""
        from flywheel_client.release import open_release, read_manifest
        from flywheel_client.snapshot import Snapshot

        read = open_release if alone else read_manifest  # alone, it may have any name
        release = read(folder, self._public_keys)
        self._snapshot = Snapshot.load(release, self._embedder, self._count_tokens)
        self._count("refreshes")
        _log.info("release %s is served, %d examples", release.id, release.bank)

    def _serve_last_good(self) -> None:
        folder = self._store.last_good()
        if folder is None:
            return
        try:
            self._take(folder)
        except BankError as error:
            self._note(error)
        else:
            _log.warning("the cached release %s is served until the store answers", folder.name)

    def _note(self, error: BankError) -> None:
        reason = _REASONS.get(type(error))
        self._count("poll_errors" if reason is None else f"refused_{reason}")
        if str(error) != str(self._problem):  # once, not every ten seconds
            served = self.release
            goes_on = f"{served} is served on" if served else "nothing is served"
            _log.warning("%s: %s; %s", type(error).__name__, error, goes_on)

    def _nothing(self, problem: BankError) -> Selection:
        if self._strict:
            raise problem
        self._count("empty_selections")
        return Selection(None, (), str(problem))

    def _send(self, event: dict[str, Any]) -> str:
        if self._sender:
            self._sender.put(event)
        event_id: str = event["id"]
        return event_id

    def _count(self, name: str) -> None:
        with self._counting:
            self._counts[name] += 1

    def _watch(self) -> None:
        with self._counting:
            if self._thread is not None or self._refresh_s is None:
                return
            arguments = (weakref.ref(self), self._stop, self._refresh_s)
            thread = threading.Thread(
                target=_watch, args=arguments, name="flywheel-refresh", daemon=True
            )
            self._thread = thread
        thread.start()

    def _make_locks(self) -> None:
        self._counting = threading.Lock()
        self._refreshing = threading.Lock()
        self._stop = threading.Event()
        self._thread = None

    def _after_fork(self) -> None:
        """In the child: other threads are gone, and what they had locked would stay locked."""
        self._make_locks()
        if self._snapshot is not None:
            self._snapshot.reset_locks()
        if self._sender:
            self._sender.after_fork()


def _watch(ref: "weakref.ref[Bank]", stop: threading.Event, interval_s: float) -> None:
    """Until the bank is closed, or nobody holds it any more."""
    while not stop.wait(interval_s):
        bank = ref()
        if bank is None:
            return
        bank.refresh()
        del bank


def _check(k: int, max_tokens: int | None, diversity: float) -> None:
    if k < 0:
        raise ValueError(f"k: {k}; 0 or more is needed")
    if max_tokens is not None and max_tokens < 0:
        raise ValueError(f"max_tokens: {max_tokens}; 0 or more is needed, or none")
    if not 0 <= diversity <= 1:
        raise ValueError(f"diversity: {diversity}; 0 to 1 is needed")


_BANKS: "weakref.WeakSet[Bank]" = weakref.WeakSet()


def _after_fork() -> None:
    TURN.reset()
    for bank in list(_BANKS):
        bank._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
