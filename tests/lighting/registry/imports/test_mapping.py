"""Mappings are data, and wrong data is refused when it is read."""

import msgspec
import pytest

from kit.errors import NotFoundError
from lighting.registry.imports.mapping import FOLDER, mapping, mappings, read_mapping

SMALL = """
title: small
source: small
attribution: us
file: {format: csv}
position: {x: lon, y: lat}
box: {west: 3, south: 43, east: 4, north: 44}
key: {columns: [id]}
code: {column: id}
fields:
  street: {columns: [road]}
"""


def test_every_file_of_the_folder_is_a_mapping() -> None:
    assert sorted(mappings()) == sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", sorted(mappings()))
def test_a_mapping_says_who_publishes_the_file(name: str) -> None:
    assert mapping(name).attribution


def test_the_columns_that_a_mapping_reads() -> None:
    assert read_mapping("small", SMALL).columns == {"lon", "lat", "id", "road"}


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("street:", "strete:", "no such fields: strete"),
        ("[road]}", "[road], transform: shout}", "no such transforms: shout"),
        ("[road]}", "[road], colour: red}", "unknown field `colour`"),
        ("{columns: [id]}", "{columns: [id], position: true}", "columns, or is the position"),
        ("format: csv", "format: dwg", "Invalid enum value 'dwg'"),
    ],
)
def test_a_wrong_word_is_an_error_that_names_it(was: str, becomes: str, complaint: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=complaint):
        read_mapping("small", SMALL.replace(was, becomes, 1))


def test_an_unknown_mapping_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="boise_csv"):
        mapping("atlantis")
