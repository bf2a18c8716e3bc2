"""Serve the API and the console.

Needs REVERBERE_DATABASE__URL and REVERBERE_SECURITY__TOKEN_KEY.
"""

from argparse import ArgumentParser, Namespace


def arguments(parser: ArgumentParser) -> None:
    del parser  # everything is a setting


def run(arguments: Namespace) -> int:
    del arguments
    import uvicorn

    from app.http.api import create_app
    from app.ports import refuse_taken_port
    from app.wiring import build_state
    from kit.log import configure_logging
    from kit.settings import read_settings

    settings = read_settings()
    configure_logging(json_lines=settings.log.json_lines, level=settings.log.level)
    refuse_taken_port(settings.http.host, settings.http.port)
    app = create_app(build_state(settings))
    uvicorn.run(app, host=settings.http.host, port=settings.http.port, log_config=None)
    return 0
