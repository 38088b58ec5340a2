"""Prompts as code: YAML front matter, a Jinja body with role headers (the Prompty convention)."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from flywheel.errors import PromptError
from schemas.prompt import PromptHeader

QUESTION_VARIABLES: Final = frozenset({"question", "context", "history", "feature", "tenant"})
"""What a prompt that answers a case may name."""
JUDGE_VARIABLES: Final = frozenset({"question", "context", "ideal", "answer"})
"""What a judge's prompt may name."""

_ROLE: Final = re.compile(r"^(system|user|assistant|developer):[ \t]*$", re.MULTILINE)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_SUFFIXES: Final = (".md", ".prompty", ".jinja")


@dataclass(frozen=True)
class ChatMessage:
    """One message of a request."""

    role: str
    content: str

    def as_dict(self) -> dict[str, str]:
        """In OpenAI chat form."""
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True)
class _Section:
    role: str
    source: str
    line: int
    """Of the role header in the file, 1-based."""


@dataclass(frozen=True)
class Prompt:
    """A prompt file, read and checked; `render` makes a request of it."""

    header: PromptHeader
    version: str
    """A hash of the file's normalised content."""
    path: Path
    sections: tuple[_Section, ...] = field(repr=False)

    def render(
        self, values: Mapping[str, Any], before_question: Sequence[ChatMessage] = ()
    ) -> list[ChatMessage]:
        """The messages of one request; `before_question` (examples, earlier turns) goes in front
        of the last user section.

        Each role's section is rendered by itself, after the file was cut at its role headers, so
        that no text inside a value can open a role of its own.

        Raises `PromptError` naming the file and the line.
        """
        messages = [ChatMessage(s.role, _render(self.path, s, values)) for s in self.sections]
        last = max(i for i, message in enumerate(messages) if message.role == "user")
        return [*messages[:last], *before_question, *messages[last:]]


def load_prompt(folder: Path, name: str, variables: frozenset[str] = QUESTION_VARIABLES) -> Prompt:
    """Read the prompt `name` of a folder and check all that can be checked before rendering.

    Raises `PromptError`: no such file, front matter that is no YAML or breaks its rules, no user
    section, text before the first role header, a template error, an undefined name.
    """
    path = _find(folder, name)
    try:
        text = normalise_prompt(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: cannot be read ({type(error).__name__})") from None
    header, body, first_line = _split_front_matter(path, text)
    sections = _split_roles(path, body, first_line)
    for section in sections:
        _check_names(path, section, variables)
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(header=header, version=version, path=path, sections=sections)


def normalise_prompt(text: str) -> str:
    """What makes a version: NFC, no spaces at line ends, one kind of newline, one at the end."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip(" \t") for line in lines).strip("\n") + "\n"


def _find(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise PromptError(f"{name[:60]!r}: a prompt is named by letters, digits, . - and _")
    for suffix in ("", *_SUFFIXES):
        path = folder / f"{name}{suffix}"
        if path.is_file():
            return path
    known = sorted(p.stem for p in folder.glob("*") if p.suffix in _SUFFIXES)
    there = f"; there are: {', '.join(known)}" if known else ""
    raise PromptError(
        f"{folder}: no prompt named {name}{there} (FLYWHEEL_PROMPTS names the folder)"
    )


def _split_front_matter(path: Path, text: str) -> tuple[PromptHeader, str, int]:
    import frontmatter
    import yaml

    closing = re.search(r"\A---\n.*?^---\n", text, re.MULTILINE | re.DOTALL)
    if closing is None:
        raise PromptError(f"{path}:1: no front matter; the file opens with --- NAME: ... ---")
    try:
        metadata, _ = frontmatter.parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise PromptError(f"{path}:{line}: the front matter is not YAML") from None
    try:
        header = PromptHeader.model_validate(metadata)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"]))
        line = _line_of_key(text, str(first["loc"][-1]) if first["loc"] else "")
        raise PromptError(f"{path}:{line}: front matter, {key}: {first['msg']}") from None
    return header, text[closing.end() :], closing.group().count("\n") + 1


def _line_of_key(text: str, key: str) -> int:
    match = re.search(rf"^\s*{re.escape(key)}\s*:", text, re.MULTILINE)
    return text[: match.end()].count("\n") + 1 if match else 1


def _split_roles(path: Path, body: str, first_line: int) -> tuple[_Section, ...]:
    headers = list(_ROLE.finditer(body))
    if not headers:
        raise PromptError(f"{path}:{first_line}: no role header; a line reads system: or user:")
    if body[: headers[0].start()].strip():
        raise PromptError(f"{path}:{first_line}: text before the first role header")
    ends = [header.start() for header in headers[1:]] + [len(body)]
    sections = tuple(
        _Section(
            role=header[1],
            source=body[header.end() : end].removeprefix("\n"),
            line=first_line + body[: header.end() + 1].count("\n") - 1,
        )
        for header, end in zip(headers, ends, strict=True)
    )
    if not any(section.role == "user" for section in sections):
        raise PromptError(f"{path}:{first_line}: no user section")
    return sections


def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # The output is a request to a model, not HTML: escaping would change what it reads.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )


def _check_names(path: Path, section: _Section, variables: Iterable[str]) -> None:
    from jinja2 import TemplateSyntaxError, meta, nodes

    environment = _environment()
    try:
        tree = environment.parse(section.source)
    except TemplateSyntaxError as error:
        raise PromptError(f"{path}:{section.line + error.lineno}: {error.message}") from None
    unknown = meta.find_undeclared_variables(tree) - set(variables)
    for node in tree.find_all(nodes.Name):
        if node.name in unknown:
            raise PromptError(
                f"{path}:{section.line + node.lineno}: {node.name} is undefined; "
                f"a prompt may name {', '.join(sorted(variables))}"
            )


def _render(path: Path, section: _Section, values: Mapping[str, Any]) -> str:
    from jinja2 import TemplateError, UndefinedError
    from jinja2.exceptions import SecurityError

    try:
        return str(_environment().from_string(section.source).render(**values)).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        line = section.line + _template_line(error)
        kind = "the sandbox refuses this" if isinstance(error, SecurityError) else "cannot render"
        kind = "a name is undefined" if isinstance(error, UndefinedError) else kind
        # The error's own words could quote a value, which is user text.
        raise PromptError(f"{path}:{line}: {kind} ({type(error).__name__})") from None


def _template_line(error: BaseException) -> int:
    """The line inside the section that was being rendered; Jinja maps its frames to the source."""
    line, traceback = 1, error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
