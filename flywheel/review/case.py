"""What the page of one case shows: its texts in pieces, compared and marked."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from flywheel.desk import CaseFile, Made, text_version
from flywheel.review.diff import Difference, Piece, word_diff
from flywheel.review.documents import Block, read_blocks
from flywheel.review.form import sides_of
from flywheel.review.grounded import Grounded, find_grounds, ground
from flywheel.review.marks import Numbers, mark_numbers
from flywheel.review.rendered import render
from flywheel.review.why import Why, say_draw, say_why
from schemas.candidate import CandidateView
from schemas.decision import JUDGEMENTS, Verdict

SAID: Final = {
    Verdict.APPROVE: "approved",
    Verdict.EDIT: "approved with an edit",
    Verdict.REJECT: "rejected",
    Verdict.SKIP: "skipped",
    Verdict.SEND: "passed on",
    Verdict.UNDO: "undone",
}
_MOST_TURNS: Final = 5
_LAST_TURNS: Final = 3
"""A question, its answer, and what was asked after that."""
_ON_A_SIDE: Final = {
    Verdict.APPROVE: "approves it as proposed",
    Verdict.EDIT: "approves another text",
    Verdict.REJECT: "rejects it",
}


class Turn(NamedTuple):
    """One message of the conversation."""

    role: str
    blocks: tuple[Block, ...]


class Document(NamedTuple):
    """One document of the context."""

    id: str
    blocks: tuple[Block, ...]


class Side(NamedTuple):
    """What one of two who differ says; no name."""

    letter: str
    said: str
    pieces: tuple[Piece, ...]
    """The text that this one would have, beside the other's; none for a rejection."""
    why: str | None


class Case(NamedTuple):
    """A candidate as the page shows it."""

    view: CandidateView
    text_version: str
    why: Why
    draw: str | None
    standing: str | None
    """Where it stands, as far as this reviewer may know."""
    earlier: tuple[Turn, ...]
    """Of a long conversation what came before its last turns: folded, so that they are seen."""
    turns: tuple[Turn, ...]
    documents: tuple[Document, ...]
    ideal: str | None
    """What approval stands for: what was decided, what users put in its place, or the proposal."""
    ideal_title: str
    answer: tuple[Grounded, ...]
    ideal_pieces: tuple[Grounded, ...]
    same: bool
    compared: bool
    not_found: tuple[str, ...]
    """Numbers of the answer that stand neither in the context nor in the conversation."""
    ideal_not_found: tuple[str, ...]
    answer_as_read: Markup | None
    ideal_as_read: Markup | None
    sides: tuple[Side, ...]
    """Of a disputed case, for who may settle it."""
    approvable: bool
    origin: tuple[tuple[str, str], ...]

    @property
    def draft(self) -> str:
        """What the editor opens with."""
        return self.ideal if self.ideal is not None else self.view.output or ""


def build_case(file: CaseFile) -> Case:
    """Parse, compare and mark; pure, and slow enough for long texts to stay out of transactions."""
    view = file.view
    ideal, title = ideal_of(file)
    numbers = (Numbers(view.output), Numbers(ideal))
    sources = sources_of(view)
    difference = word_diff(view.output, ideal) if view.output and ideal is not None else None
    turns = _turns(view, numbers)
    is_long = len(turns) > _MOST_TURNS
    before = difference.before if difference else _whole(view.output)
    after = difference.after if difference else _whole(ideal)
    return Case(
        view=view,
        text_version=text_version(view),
        why=say_why(view.reason, view.reason_code, view.output, view.proposed_output),
        draw=say_draw(view.stratum, view.probability, view.population, view.drawn_why),
        standing=say_standing(file),
        earlier=turns[:-_LAST_TURNS] if is_long else (),
        turns=turns[-_LAST_TURNS:] if is_long else turns,
        documents=tuple(
            Document(d.id, read_blocks(d.text, lambda text: mark_numbers(text, *numbers)))
            for d in view.context
        ),
        ideal=ideal,
        ideal_title=title,
        answer=ground(before, find_grounds(numbers[0], sources)),
        ideal_pieces=ground(after, find_grounds(numbers[1], sources)),
        same=difference is not None and difference.equal,
        compared=difference is None or difference.compared,
        not_found=numbers[0].missing_from(sources),
        ideal_not_found=numbers[1].missing_from(sources),
        answer_as_read=render(view.output),
        ideal_as_read=None if ideal == view.output else render(ideal),
        sides=_sides(file),
        approvable=(view.proposed_output or view.suggested_output) is not None
        and view.state != "approved",
        origin=tuple(_origin(view)),
    )


def sources_of(view: CandidateView) -> list[Numbers]:
    """Where a number of an answer may come from."""
    texts = [document.text for document in view.context]
    return [Numbers(text) for text in (*texts, *(message.text for message in view.messages))]


def say_standing(file: CaseFile) -> str | None:
    """Who decided what so far, as far as this reviewer may know; None for a fresh case."""
    view = file.view
    if view.state in ("approved", "rejected") and view.verdict is not None:
        when = f", {view.decided_at:%Y-%m-%d %H:%M} UTC" if view.decided_at else ""
        said = f"{SAID[view.verdict].capitalize()} by {view.reviewer}{when}."
        said += f" {view.decided_reason}" if view.decided_reason else ""
        return f"{said}{_colleagues(file)} A new decision takes its place."
    own = next((made.decision for made in file.mine if not made.undone), None)
    if own is None or own.verdict is Verdict.UNDO:
        return "You took your decision back." if own else None
    if own.verdict is Verdict.SEND:
        return f"You passed it on to {own.sent_to}."
    said = f"You {SAID[own.verdict]} it."
    if own.verdict in JUDGEMENTS and view.state == "disputed":
        return f"{said} A colleague came to another verdict: a lead settles it."
    return f"{said} A colleague judges it too." if own.verdict in JUDGEMENTS else said


def _colleagues(file: CaseFile) -> str:
    """Once it is settled, who said what."""
    if file.view.reviewers < 2:
        return ""
    judged = [m for m in (*file.mine, *file.others) if m.decision.verdict in JUDGEMENTS]
    told = [
        f"{m.decision.reviewer} {'settled: ' if m.decision.adjudicates else ''}"
        f"{SAID[m.decision.verdict]}"
        for m in judged
        if not m.undone
    ]
    return f" {'; '.join(told)}." if told else ""


def ideal_of(file: CaseFile) -> tuple[str | None, str]:
    """What approval stands for, and what it is called."""
    view = file.view
    own = next((m.decision.output for m in file.mine if not m.undone and m.decision.output), None)
    if view.state == "pending" and view.suggested_output is not None:
        return view.suggested_output, "What users have put in its place since"
    decided = _decided_output(file)
    if decided is not None:
        return decided, "The ideal output, as edited"
    if own is not None and view.state in ("pending", "disputed"):
        return own, "The ideal output, as you edited it"
    return view.proposed_output, "Proposed ideal output"


def _decided_output(file: CaseFile) -> str | None:
    """The edit that the case stands by; the desk knows it before the facts do."""
    view = file.view
    if view.verdict is not Verdict.EDIT:
        return view.decided_output if view.verdict is not Verdict.APPROVE else None
    edits = (m.decision for m in (*file.mine, *file.others) if not m.undone and m.decision.output)
    by_reviewer = {decision.reviewer: decision.output for decision in reversed(list(edits))}
    return by_reviewer.get(view.reviewer or "", view.decided_output)


def _whole(text: str | None) -> tuple[Piece, ...]:
    return (Piece(text, "same"),) if text else ()


def _turns(view: CandidateView, marks: tuple[Numbers, Numbers]) -> tuple[Turn, ...]:
    # Where the report is part of the question, there is no other place to look numbers up.
    in_turns = (Numbers(None), Numbers(None)) if view.context else marks
    return tuple(
        Turn(m.role, read_blocks(m.text, lambda text: mark_numbers(text, *in_turns)))
        for m in view.messages
    )


def _sides(file: CaseFile) -> tuple[Side, ...]:
    made = disputed_by(file)
    if len(made) < 2:
        return ()
    texts = [_text_of(one, file.view) for one in made]
    first = next((text for text in texts if text is not None), None)
    return tuple(
        Side(
            letter,
            _ON_A_SIDE[one.decision.verdict],
            _beside(text, texts, number) if text is not None and first is not None else (),
            one.decision.reason or one.decision.note,
        )
        for number, (letter, one, text) in enumerate(zip("ABCDEFGH", made, texts, strict=False))
    )


def disputed_by(file: CaseFile) -> tuple[Made, ...]:
    """The verdicts that differ, in the order of their letters.

    None for who may not know them, nor for one of the two: somebody else settles it.
    """
    if file.view.state != "disputed" or any(map(_is_verdict, file.mine)):
        return ()
    newest: dict[str, Made] = {}
    for made in filter(_is_verdict, file.others):
        newest.setdefault(made.decision.reviewer, made)
    return sides_of(list(newest.values())).made


def _is_verdict(made: Made) -> bool:
    decision = made.decision
    return decision.verdict in JUDGEMENTS and not made.undone and not decision.adjudicates


def _text_of(made: Made, view: CandidateView) -> str | None:
    if made.decision.verdict is Verdict.REJECT:
        return None
    return made.decision.output if made.decision.output is not None else view.proposed_output


def _beside(text: str, texts: Sequence[str | None], number: int) -> tuple[Piece, ...]:
    """The text in pieces, compared with the other one where there is one."""
    other = next((t for i, t in enumerate(texts) if i != number and t is not None), None)
    if other is None:
        return _whole(text)
    first = number == 0
    difference: Difference = word_diff(text, other) if first else word_diff(other, text)
    return difference.before if first else difference.after


def _origin(view: CandidateView) -> Iterator[tuple[str, str]]:
    """Where the answer comes from, what it took, and how often the case was asked."""
    seen = view.first_seen and view.last_seen and view.first_seen != view.last_seen
    tokens = view.input_tokens is not None or view.output_tokens is not None
    asked = f"{_many(view.variants, 'answer')} to {_many(view.users, 'user')}"
    wordings = f", in {view.wordings} wordings" if view.wordings > 1 else ""
    for name, value in (
        ("Model", view.model),
        ("Provider", view.provider),
        ("Prompt", view.prompt),
        ("Feature", view.feature),
        ("Tenant", view.tenant),
        ("Answered", view.time and f"{view.time:%Y-%m-%d %H:%M} UTC"),
        ("Took", None if view.latency_ms is None else f"{view.latency_ms / 1000:.1f} s"),
        ("Cost", None if view.cost_usd is None else f"${view.cost_usd:.4f}"),
        (
            "Tokens",
            f"{view.input_tokens or 0:,} in, {view.output_tokens or 0:,} out" if tokens else "",
        ),
        ("Asked", f"{asked}{wordings}" if view.variants else ""),
        ("Seen", f"{view.first_seen:%Y-%m-%d} to {view.last_seen:%Y-%m-%d}" if seen else ""),
        ("Policy", view.policy_version),
    ):
        if value:
            yield name, value


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
