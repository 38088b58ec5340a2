"""Which texts are surely in another language: English, tables and names never are."""

import pytest

from flywheel.scrub.language import is_foreign

FOREIGN = [
    ("de", "Wie hoch war der Umsatz im Jahr 2019, und warum ist er gegenüber 2018 gesunken?"),
    ("fr", "Quel était le chiffre d'affaires de la société en 2019 par rapport à 2018 ?"),
    ("es", "¿Cuál fue el ingreso total de la empresa en 2019 y por qué ha bajado tanto?"),
    ("it", "Il fatturato è aumentato del 4% nel 2019 grazie alle vendite in Europa."),
    ("nl", "Wat was de omzet in 2019 en waarom is deze gedaald ten opzichte van 2018?"),
    ("ja", "2019年の売上高はいくらでしたか"),
    ("ru", "Каков был доход компании в 2019 году и почему он снизился?"),
]
OURS = [
    "",
    "   \n",
    "Hola",
    "¿Qué tal?",
    "| Umsatz | 2019 | 2018 |\n| 1.452,4 | 1.146,2 |",
    "| 1,452.4 | 1,146.2 |\n" * 50,
    "What was revenue from Europe in 2018, and why did it fall compared with the year before?",
    "My name is Jürgen Köhler.",
    '{"customer": "Maria Keller", "id": 17, "items": [1, 2, 3], "total": 12.5}',
    "def total(rows):\n    return sum(row['amount'] for row in rows if row['amount'] > 0)",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709 e3b0c44298fc1c149afbf4c8996fb92427ae41e4",
    "🙂 🙃 " * 40,
]


@pytest.mark.parametrize(("language", "text"), FOREIGN)
def test_another_language_is_told(language: str, text: str) -> None:
    """A sentence is enough; to a model of that language it is its own."""
    assert is_foreign(text, "en")
    assert not is_foreign(text, language)


@pytest.mark.parametrize("text", OURS)
def test_what_is_english_or_nobodys_is_not(text: str) -> None:
    """Short texts, tables, names, code and hashes count as the model's language."""
    assert not is_foreign(text, "en")
