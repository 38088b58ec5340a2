"""Pages' sizes are read from their headers, of any writer's options, and damage is told."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.sources.pages import DamagedPages, page_sizes


def sizes(path: Path, column: int = 0) -> list[int]:
    """Of each page of a column of the first row group."""
    meta = pq.ParquetFile(path).metadata.row_group(0).column(column)
    start = meta.dictionary_page_offset or meta.data_page_offset
    with path.open("rb") as file:
        return list(page_sizes(file, start, meta.total_compressed_size))


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "snappy", "zstd"])
@pytest.mark.parametrize("use_dictionary", [True, False])
def test_they_add_up_to_the_column(
    tmp_path: Path, version: str, compression: str, use_dictionary: bool
) -> None:
    """To the footer's word on it, less the headers."""
    options: dict[str, Any] = {
        "data_page_version": version,
        "compression": compression,
        "use_dictionary": use_dictionary,
    }
    path = tmp_path / "a.parquet"
    values = [f"value {n % 700} " * 9 for n in range(20_000)]
    pq.write_table(pa.table({"a": values}), path, data_page_size=2**14, **options)
    total = pq.ParquetFile(path).metadata.row_group(0).column(0).total_uncompressed_size
    found = sizes(path)
    assert len(found) > 2
    assert 0.95 * total < sum(found) <= total


def test_a_header_with_long_statistics_is_read_to_its_end(tmp_path: Path) -> None:
    """It holds the smallest and the largest value."""
    path = tmp_path / "a.parquet"
    values = [letter * 50_000 for letter in "abcdef"]
    pq.write_table(pa.table({"a": values}), path, use_dictionary=False, compression="none")
    assert sum(sizes(path)) >= 300_000


@given(st.binary(max_size=300))
def test_whatever_stands_there_it_ends(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Sizes or `DamagedPages`: no other error, and no endless loop."""
    path = tmp_path_factory.mktemp("pages") / "a"
    path.write_bytes(data)
    with path.open("rb") as file:
        try:
            assert all(size >= 0 for size in page_sizes(file, 0, len(data)))
        except DamagedPages:
            pass


def test_lists_in_lists_without_end_are_damage(tmp_path: Path) -> None:
    """A header of a thousand opened lists."""
    path = tmp_path / "a"
    path.write_bytes(b"\x19" + b"\x19" * 100_000)
    with path.open("rb") as file, pytest.raises(DamagedPages):
        list(page_sizes(file, 0, 1))
