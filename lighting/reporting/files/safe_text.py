"""Text from the field that a spreadsheet must not run as a formula."""

# What makes a spreadsheet read a cell as a formula or a command (OWASP, CSV injection).
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(text: str) -> str:
    """The text, behind an apostrophe when it begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA_MARKS) else text
