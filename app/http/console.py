"""Serves the built console: hashed assets for ever, pages never cached, strict content policy."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

CONSOLE_DIST = Path(__file__).parents[2] / "console" / "dist"
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'; form-action 'self'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
ASSET_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=31536000, immutable",
}


def page_for(path: str, dist: Path) -> tuple[Path, dict[str, str]]:
    """The file a console address shows, and its headers; unknown addresses show the console."""
    wanted = (dist / path).resolve()
    if path and wanted.is_file() and wanted.is_relative_to(dist.resolve()):
        is_hashed = wanted.is_relative_to((dist / "assets").resolve())
        return wanted, ASSET_HEADERS if is_hashed else PAGE_HEADERS
    if Path(path).suffix:
        raise HTTPException(404, "Not found")
    entry = "crew.html" if path.split("/")[0] == "crew" else "index.html"
    chosen = dist / entry
    return (chosen if chosen.is_file() else dist / "index.html"), PAGE_HEADERS


def mount_console(app: FastAPI, dist: Path = CONSOLE_DIST) -> None:
    """Serve the console at every address that is not the API's."""

    @app.get("/{path:path}", include_in_schema=False)
    async def console(request: Request, path: str) -> Response:
        if path.startswith(("api/", "health/")):
            raise HTTPException(404, "Not found")
        if not (dist / "index.html").is_file():
            raise HTTPException(503, "The console is not built: run make console")
        file, headers = page_for(path, dist)
        return FileResponse(file, headers=headers)
