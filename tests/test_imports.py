"""Imports run one way, and each heavy library has one importing place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("flywheel_client", "schemas", "flywheel", "tasks", "flows")
"""Each may import itself and what stands to its left."""
OWNERS = {
    "duckdb": ("flywheel/store",),
    "presidio_analyzer": ("flywheel/scrub",),
    "presidio_anonymizer": ("flywheel/scrub",),
    "great_expectations": ("flywheel/validate",),
    "openai": ("flywheel/llm.py", "client/flywheel_client/adapters/openai.py"),
    "prefect": ("tasks", "flows"),
    "argon2": ("flywheel/review/access/passwords.py",),
    "authlib": ("flywheel/review/access/oidc.py",),
    "limits": ("flywheel/review/access/attempts.py", "flywheel/review/api/bounds.py"),
    "sqlite3": ("flywheel/desk", "flywheel/review/access/database.py", "flywheel/scrub/cache.py"),
    "nh3": ("flywheel/review/rendered.py",),
    "markdown_it": ("flywheel/review/rendered.py",),
    "sklearn": ("flywheel/agreement.py", "flywheel/refit"),
    "krippendorff": ("flywheel/agreement.py",),
}
"""Who alone imports a heavy library."""


def _folder(layer: str) -> Path:
    return ROOT / "client" / layer if layer == "flywheel_client" else ROOT / layer


def _sources(layer: str) -> list[Path]:
    return sorted(_folder(layer).rglob("*.py"))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, with the line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; name the package"
            yield node.module or "", node.lineno


def _may_import_all(path: Path) -> bool:
    return path.is_relative_to(ROOT / "flywheel" / "cli")


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_nothing_from_a_layer_above_it(layer: str) -> None:
    """schemas ← flywheel ← tasks ← flows; the client imports none; only the CLI may import all."""
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in _sources(layer)
        if not _may_import_all(path)
        for module, line in _imports(path)
        if module.split(".")[0] in above
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("library", OWNERS)
def test_a_heavy_library_has_one_importing_place(library: str) -> None:
    """Whoever wants another database, scrubber or model client changes one place."""
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for layer in LAYERS
        for path in _sources(layer)
        if not str(path.relative_to(ROOT)).startswith(OWNERS[library])
        for module, line in _imports(path)
        if module.split(".")[0] == library
    ]
    assert not found, "\n".join(found)


def test_the_walk_sees_imports_inside_functions(tmp_path: Path) -> None:
    """The rule holds for late imports as well: the walk goes into function bodies."""
    path = tmp_path / "late.py"
    path.write_text("def f():\n    from flows.ingest import ingest\n    import duckdb as d\n")
    assert list(_imports(path)) == [("flows.ingest", 2), ("duckdb", 3)]


@pytest.mark.parametrize("layer", LAYERS)
def test_every_imported_folder_is_a_package_whose_modules_say_what_they_are(layer: str) -> None:
    """Each folder of modules has an `__init__.py`, and each module opens with a sentence."""
    for path in _sources(layer):
        assert (path.parent / "__init__.py").exists(), f"{path.parent}: no __init__.py"
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert docstring, f"{path.relative_to(ROOT)}: no opening sentence"
