"""API shapes of the code lists."""

from pydantic import BaseModel


class CodeAnswer(BaseModel):
    """One code; `iso_14224` is the standard's family it belongs to, where it has one."""

    code: str
    fr: str
    en: str
    iso_14224: str | None = None


class CodeListsAnswer(BaseModel):
    """Every list a completion is filled from."""

    failure_modes: list[CodeAnswer]
    failure_mechanisms: list[CodeAnswer]
    failure_causes: list[CodeAnswer]
    remedies: list[CodeAnswer]
    replacement_reasons: list[CodeAnswer]
