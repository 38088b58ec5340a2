"""What a message says without asking anything: greetings, thanks, who writes, ways to put it.

All patterns are for normalised text: lower case, single spaces.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

AMOUNT: Final = "amountof"
"""The word that "how much is" and "the amount of" become."""
_HAVING: Final = "report|have|make|earn|generate|record|post|book"
"""What somebody does who has something: "how much cash does A have" is "A's cash"."""
_Said: TypeAlias = str | Callable[[re.Match[str]], str]
_SPELLINGS: Final[tuple[tuple[str, _Said], ...]] = (
    (r"’", "'"),
    (r"\b((?:[a-z]\.){2,})", lambda m: m[1].replace(".", "")),
    (r"\bus(?=\s?\$)", ""),
    (r"\bcan't\b|\bcannot\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"\b(what|who|where|when|how|which|that|there|it)'s\b", r"\1 is"),
    (r"\b(what|who|where|when|how|which|that|there|they|we|you)'re\b", r"\1 are"),
    (r"\bwhats\b", "what is"),
    (r"\bper\s?cent\b", "%"),
    (r"\b(?:fy|cy)\s?'?((?:19|20)\d\d)\b", r"\1"),
    (r"\b(?:fy|cy)\s?'?(\d\d)\b", r"20\1"),
    (r"\b(?:the\s)?(?:fiscal\s|financial\s)?year\s(?=(?:19|20)\d\d\b)", ""),
    (r"\b(?:fiscal|financial)\s(?=(?:19|20)\d\d\b)", ""),
    (
        r"\bbetween\s([^,.;?]+?)\sand\s([^,.;?]+?)"
        r"(?=\s(?:in|for|during|on|at|from|of|with|by|when|if)\b|[,.;?]|\s*$)",
        lambda m: "between {} and {}".format(*sorted((m[1], m[2]))),
    ),
    (
        r",\s([^,.;?]+?)\sor\s([^,.;?]+?)(?=[,?])",
        lambda m: ", {} or {}".format(*sorted((m[1], m[2]))),
    ),
    (r"\bas\s(?:of|at)\b", "in"),
    (
        r"\bhow\s(?:do|does|can|could|should|would)\s(?:i|you|we|one|someone|people)\b"
        r"|\bhow\sto\b|\b(?:what\s(?:is|are)\s)?(?:the\s|some\s)?(?:best\s)?ways?\sto\b",
        lambda m: "how best" if "best" in m[0] else "how",
    ),
    (
        r"\b(how\smany|how\smuch|what)\s(?!is\b|was\b|are\b|were\b)([^?]{2,60}?)\s(?:did|does|do)\s([^?]{1,60}?)"
        rf"\s(?:{_HAVING})\b",
        lambda m: f"{'numberof ' if m[1].endswith('many') else ''}{m[2]} of {m[3]}",
    ),
    (r"\bhow\smany\b|\b(?:number|count)\sof\b", " numberof "),
    (
        r"\bhow\smuch\s(?:is|was|are|were)\b|\bhow\smuch\b(?=.*\b(?:come|amount|add\sup)\sto\b)"
        r"|\b(?:amount|figure)\s(?:of|for)\b",
        f" {AMOUNT} ",
    ),
    (
        r"\b(?:comes?|came|amount|amounts|amounted|adds?\sup|added\sup)\sto"
        r"(?=\s(?:in|for|during|on|at)\b|\s*[?.!]|\s*$)",
        "",
    ),
)
_REWRITES: Final = tuple((re.compile(pattern), said) for pattern, said in _SPELLINGS)

ANYWHERE: Final = re.compile(
    r"""\b(?:
    please|pls|plz|kindly|asap|urgently
  | (?:many\s)?thanks(?:\s(?:a\slot|so\smuch|very\smuch|in\sadvance|again))*
    (?:\sfor\s(?:your|the|any)\s(?:help|time))?
  | thank\s(?:you|u)(?:\s(?:so\smuch|very\smuch|in\sadvance|again))*
    (?:\sfor\s(?:your|the|any)\s(?:help|time))?
  | as\ssoon\sas\spossible | at\syour\sconvenience | much\sappreciated
  | (?:i\swould\s|i'd\s)?(?:really\s)?appreciate\s(?:it|(?:your|the|any)\shelp)
  | if\s(?:you\s(?:can|could|don\snot\smind|do\snot\smind)|possible|at\sall\spossible)
  | when(?:ever)?\syou\s(?:have|get)\sa\s(?:moment|minute|second|chance)
  | sorry(?:\sto\s(?:bother|trouble|disturb)\syou(?:\sagain)?|\sfor\sthe\s(?:trouble|bother))?
  | excuse\sme
  | for\s(?:me|us)(?=\s*(?:[.?!,]|$))
  )\b"""
    r"|\b(?:(?:best|kind|warm)\s)?regards\b.*$|\b(?:yours\s)?sincerely\b.*$|\bcheers\b\W*$",
    re.VERBOSE,
)
_PERSON: Final = r"<person_[a-z0-9]{4,16}>"
INTRODUCTION: Final = re.compile(
    rf"""(?:^|(?<=[.!?,;:–—-])\s*|(?<=\s))
    (?:(?:hi|hello|hey|dear)\s+)?
    (?:this\sis|it\sis|i\sam|i'm|my\sname\sis|here\sis|ask(?:ed|ing)?\s(?:by|for)|on\sbehalf\sof)\s
    {_PERSON}(?:\s(?:here|speaking))?(?:\s(?:from|at|of|in|with)\s(?:the\s)?[^.,;:!?–—]{{1,40}}?)?
    (?:\s(?:here|speaking))?\s*(?:[.,;:!?–—-]|$|\sand\b)
    | (?:^|(?<=[.!?,;:–—-])\s*){_PERSON}\s(?:here|speaking)\b[,.:;!–—-]?
    | (?:^|(?<=[.!?]\s))(?:hi|hello|hey|dear)\s(?:there\s)?{_PERSON}\s*[,.:;!–—-]?
    | (?:^|(?<=[.!?,;])\s*)(?:(?:many\s)?thanks|thank\syou|best(?:\swishes)?|cheers|yours)
      \s?[,.!–—-]*\s?{_PERSON}\W*$
    | (?<=[.!?])\s*[–—-]*\s?{_PERSON}\W*$""",
    re.VERBOSE,
)
OPENING: Final = re.compile(
    r"""^[\s,.;:!–—-]*(?:
    (?:hi|hello|hey|dear|greetings|good\s(?:morning|afternoon|evening|day))
      (?:\s(?:there|all|team|everyone|everybody|folks|guys|assistant|sir|madam|again))*(?=[\s,.;:!–—-]|$)
  | (?:so|ok|okay|well|um|hmm|just|also)(?=[\s,])
  | (?:hallo|guten\stag|bonjour|bonsoir|hola|buenos\sd[ií]as|buongiorno|ciao)(?=\s?[,.!:])
  | (?:from|according\sto|based\son|in|as\sstated\sin)\s(?:the|this)\s
    (?:(?:above|attached|following|given|provided)\s)?(?:report|document|text|context|passage)
    (?:\s(?:above|below|provided))?\s?(?=[,:])
  | list(?=\s(?:the|all)\b)
  | (?:i\shave\s)?(?:a|one|another)?\s?(?:quick|short|small|simple)?\s?question\s?(?=[:,.–—-])
  | (?:(?:could|can|would|will|may|might)\s(?:you|i|we|someone|somebody|anyone|anybody)\s
      (?:just\s|possibly\s|maybe\s)?)?
    (?:(?:tell|show|give|remind|inform|send)\s(?:me|us)|let\s(?:me|us)\sknow
      |help\s(?:me|us)\s(?:find|understand|with|to\sfind|figure\sout|see|to\sunderstand)
      |(?:find|get|look\sup|check|provide|work\sout|figure\sout)(?:\s(?:me|us|out))?)
      (?=[\s:,;]|$)(?:\sabout\b)?
  | (?:i|we)(?:'d|\swould)?\s(?:also\s)?(?:want|need|like|wish|am\strying|are\strying|have)\s
      (?:to\s(?:know|find\sout|see|understand|learn|find|ask|get))(?:\sabout)?
  | (?:i|we)\sneed(?=\sthe\b) | (?:could|can|would)\syou(?=\s[a-z])
  | (?:i\swas|i\sam|i'm|we\swere|we\sare|just)\s(?:just\s)?(?:wondering|curious|asking)(?:\sabout)?
  | (?:do|would)\syou\s(?:happen\sto\s)?know | any\sidea | may\si\sask | can\si\s(?:ask|know)
  | would\syou\smind\stelling\s(?:me|us)
  | (?:would|is)\sit\s(?:be\s)?possible\sto\s(?:know|tell\sme|find)
  | what\s(?:i|we)\s(?:want|need)\sto\sknow\sis
  )""",
    re.VERBOSE,
)
"""What a request opens with; taken off again and again."""


def is_request(sentence: str) -> bool:
    """Whether a sentence opens as one who wants something does: "tell me", "we need"."""
    return OPENING.match(sentence) is not None


def respell(text: str) -> str:
    """Spellings of one thing spelled one way: "what's" and "what is", "FY19" and "2019"."""
    for pattern, said in _REWRITES:
        text = pattern.sub(said, text)
    return text


def unwrap(sentence: str) -> str:
    """A sentence without greeting, thanks and the words that only say that it asks."""
    sentence = " ".join(ANYWHERE.sub(" ", sentence).split())
    while (opened := OPENING.match(sentence)) is not None:
        sentence = sentence[opened.end() :]
    return " ".join(sentence.strip(" ,;:–—-").split())
