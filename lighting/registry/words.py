"""The words people search by: folded, without accents, each found by its beginning."""

import re
import unicodedata

WORDS_MAX = 16
WORD_LENGTH_MAX = 40
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case, without accents, words one space apart: "Rue de l'Église" → "rue de l eglise"."""
    return " ".join(_WORD.findall(_without_accents(text).casefold()))


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    signs = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def words(*texts: str) -> list[str]:
    """The folded words of some texts, once each, in their order."""
    found = dict.fromkeys(word[:WORD_LENGTH_MAX] for text in texts for word in fold(text).split())
    return list(found)


def search_words(code: str, *texts: str) -> str:
    """A `tsvector` of the words by which something is found: also numbers without leading zeros."""
    of_code = words(code)
    bare_numbers = [word.lstrip("0") for word in of_code if word.isdigit()]
    together = "".join(of_code)[:WORD_LENGTH_MAX]
    every = dict.fromkeys((*of_code, *bare_numbers, together, *words(*texts)))
    return " ".join([f"'{word}'" for word in every if word])


def search_query(text: str) -> str | None:
    """A `tsquery` for texts with, for each word of `text`, a word that begins so. None: no word."""
    wanted = words(text)[:WORDS_MAX]
    return " & ".join(f"'{word}':*" for word in wanted) or None
