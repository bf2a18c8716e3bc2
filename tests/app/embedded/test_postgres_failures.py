"""What a person reads when PostgreSQL does not start; texts recorded from PostgreSQL 18."""

from pathlib import Path

import pytest

from app.embedded.postgres_failures import explain

FOLDER = Path("/srv/lights/postgres")
SOCKET = Path("/srv/lights/postgres")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        pytest.param(
            'initdb: error: could not write to file "base/1/2608": No space left on device',
            "is full: free some space",
            id="disk full",
        ),
        pytest.param(
            'LOG:  could not bind Unix address "/srv/lights/postgres/.s.PGSQL.5432": '
            "Address already in use\nFATAL:  could not create any Unix-domain sockets",
            "Another PostgreSQL uses the socket",
            id="busy socket",
        ),
        pytest.param(
            'FATAL:  could not open directory "pg_wal": Permission denied',
            "may not write in /srv/lights/postgres",
            id="no permission",
        ),
        pytest.param(
            "FATAL:  could not map anonymous shared memory: Cannot allocate memory",
            "not enough memory",
            id="no memory",
        ),
        pytest.param(
            "initdb: could not look up effective user ID 10001: user does not exist",
            "an account with a name",
            id="nameless account",
        ),
        pytest.param(
            "LOG:  invalid checkpoint record\nPANIC:  could not locate a valid checkpoint record",
            "restore a backup",
            id="damaged files",
        ),
    ],
)
def test_a_failure_says_what_to_do(output: str, sentence: str) -> None:
    explained = explain(output, FOLDER, SOCKET)
    assert sentence in explained
    assert "\n" not in explained


def test_an_unknown_failure_quotes_the_server() -> None:
    output = 'LOG:  starting\nFATAL:  unrecognized configuration parameter "lamps"\n'
    assert explain(output, FOLDER, SOCKET).endswith('unrecognized configuration parameter "lamps"')


def test_a_silent_failure_is_said_too() -> None:
    assert explain("", FOLDER, SOCKET).endswith("it left no message.")
