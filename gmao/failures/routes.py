"""The code lists over HTTP."""

from fastapi import APIRouter

from gmao.failures.model import CODES, Code, CodeList
from gmao.failures.schemas import CodeAnswer, CodeListsAnswer
from kit.access.http import CurrentCaller

router = APIRouter(tags=["gmao"])


def _answer(code: Code) -> CodeAnswer:
    return CodeAnswer(code=code.code, fr=code.fr, en=code.en, iso_14224=code.iso_14224)


@router.get("/failure-codes")
async def failure_codes(_: CurrentCaller) -> CodeListsAnswer:
    """The lists that a completed work order is coded with, in French and English."""
    answers = {kind: [_answer(code) for code in codes] for kind, codes in CODES.items()}
    return CodeListsAnswer(
        failure_modes=answers[CodeList.MODE],
        failure_mechanisms=answers[CodeList.MECHANISM],
        failure_causes=answers[CodeList.CAUSE],
        remedies=answers[CodeList.REMEDY],
        replacement_reasons=answers[CodeList.REPLACEMENT_REASON],
    )
