"""Print the description of the API (OpenAPI 3.1), as kept in docs/openapi.json."""

import json
from argparse import ArgumentParser, Namespace


def arguments(parser: ArgumentParser) -> None:
    del parser


def run(arguments: Namespace) -> int:
    del arguments
    from pydantic import SecretStr

    from app.http.api import create_app
    from app.wiring import build_state
    from kit.settings import DatabaseSettings, SecuritySettings, Settings

    # The description depends on no setting: nothing connects to this address or signs with this.
    settings = Settings(
        database=DatabaseSettings(url=SecretStr("postgresql://nowhere/none")),
        security=SecuritySettings(token_key=SecretStr("description only, it signs nothing")),
    )
    description = create_app(build_state(settings)).openapi()
    print(json.dumps(description, ensure_ascii=False, indent=2))
    return 0
