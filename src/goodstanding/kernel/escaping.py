"""What others wrote, on its way to a terminal, a browser or a spreadsheet: shown, never run.

Invariant: nothing that a reader's program would execute reaches it unescaped, and nothing that
changes how the rest of a line looks reaches it unseen. Each way out has one function here.
"""

from __future__ import annotations

import html
import re

from goodstanding.kernel.characters import (
    UNSEEN_ANYWHERE_PATTERN,
    UNSEEN_IN_NAMES_PATTERN,
    UNSEEN_IN_NAMES_RE2,
    UNSEEN_PATTERN,
    UNSEEN_RE2,
)

_MOST_IN_A_LINE = 1_000
#: Signs with which a spreadsheet begins a formula, in ASCII, full width and small form.
_SIGNS = r"=+\-@＝＋－＠﹦﹢﹣﹫−"
#: Apostrophes count, so that what was disarmed can be told from what was written so.
RUNNABLE = (
    rf"^'*(?:[\t\r\n]|[\s\x{{A0}}\x{{2000}}-\x{{200F}}\x{{2060}}\x{{3000}}\x{{FEFF}}]*[{_SIGNS}])"
)
#: Begins with a sign and runs nothing: a number, or dashes for nothing.
_QUIET = r"^(?:[+-]?[0-9]+(?:[.,' ]?[0-9]+)*|-+)$"
_RUNNABLE = re.compile(re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: chr(int(m[1], 16)), RUNNABLE))
_QUIET_PATTERN = re.compile(_QUIET.replace("$", r"\Z"))


def visible(text: str) -> str:
    """``text`` with each character that is not seen written out, as ``\\u{1b}`` or ``\\u{202e}``.

    A text that holds no other unseen characters than names need comes back as it is.
    """
    if not UNSEEN_IN_NAMES_PATTERN.search(text):
        return text
    return UNSEEN_PATTERN.sub(lambda found: _written_out(found[0]), text)


def _written_out(char: str) -> str:
    return f"\\u{{{ord(char):x}}}"


def for_terminal(text: str) -> str:
    """One value on one line of a terminal: no escape sequence, no new line, no turned reading."""
    return visible(text)


def for_log_line(text: str) -> str:
    """One value in one line of a log: nobody's text begins a line of its own, or fills the disk."""
    said = visible(text)
    left = len(said) - _MOST_IN_A_LINE
    return said if left <= 0 else f"{said[:_MOST_IN_A_LINE]}… ({left:,} characters more)"


def for_screen(text: str) -> str:
    """Text that is already laid out, where a new line is meant: the last look before all eyes."""
    return UNSEEN_ANYWHERE_PATTERN.sub(
        lambda found: found[0] if found[0] == "\n" else _written_out(found[0]), text
    )


def for_html(text: str) -> str:
    """One value in the text or an attribute of a page."""
    return html.escape(visible(text), quote=True)


def for_json(document: str) -> str:
    """A JSON document with every unseen character as JSON's own escape; it reads the same."""
    return UNSEEN_PATTERN.sub(
        lambda found: found[0] if found[0] == "\n" else _json_escape(found[0]), document
    )


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[n : n + 4]}" for n in range(0, len(units), 4))


def for_spreadsheet(text: str) -> str:
    """One cell that runs nothing: an apostrophe before what would; numbers stay numbers."""
    return f"'{text}" if _runs(text) else text


def rearmed(text: str) -> str:
    """The text that ``for_spreadsheet`` was given."""
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text


def _runs(text: str) -> bool:
    return bool(_RUNNABLE.search(text)) and not _QUIET_PATTERN.search(text)


def for_spreadsheet_sql(value: str) -> str:
    """SQL: ``for_spreadsheet``."""
    return f"CASE WHEN {_runs_sql(value)} THEN '''' || {value} ELSE {value} END"


def rearmed_sql(value: str) -> str:
    """SQL: ``rearmed``."""
    rest = f"substr({value}, 2)"
    armed = f"starts_with({value}, '''') AND {_runs_sql(rest)}"
    return f"CASE WHEN {armed} THEN {rest} ELSE {value} END"


def _runs_sql(value: str) -> str:
    runnable, quiet = (pattern.replace("'", "''") for pattern in (RUNNABLE, _QUIET))
    return f"regexp_matches({value}, '{runnable}') AND NOT regexp_matches({value}, '{quiet}')"


def visible_sql(value: str) -> str:
    """SQL: ``visible``."""
    written = r"printf('\u{%x}', unicode(c))"
    return (
        f"CASE WHEN regexp_matches({value}, '{UNSEEN_IN_NAMES_RE2}') THEN "
        f"array_to_string(list_transform(regexp_extract_all({value}, '(?s).'), lambda c: "
        f"CASE WHEN regexp_matches(c, '{UNSEEN_RE2}') THEN {written} ELSE c END), '') "
        f"ELSE {value} END"
    )
