"""People find things without accents, capitals or leading zeros."""

import pytest

from lighting.registry.words import fold, search_query, search_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Rue de l'Église", "rue de l eglise"),
        ("BOULEVARD  Œdipe", "boulevard œdipe"),
        ("34172-PL-000123", "34172 pl 000123"),
        ("神山町", "神山町"),
        (" - ", ""),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_number_is_found_with_and_without_its_zeros_and_signs() -> None:
    assert search_words("PL-0042") == "'pl' '0042' '42' 'pl0042'"


def test_every_word_asked_for_is_the_beginning_of_a_word() -> None:
    assert search_query("Église 42") == "'eglise':* & '42':*"


@pytest.mark.parametrize("text", ["", "  ", "'&|!:*"])
def test_no_word_is_no_query(text: str) -> None:
    assert search_query(text) is None
