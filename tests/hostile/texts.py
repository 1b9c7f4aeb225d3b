"""Texts as somebody would write them who wants more than to be read."""

from __future__ import annotations

from hypothesis import strategies as st

#: What means something to a terminal, a page, a spreadsheet, a shell or a database.
PIECES = (
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</td>",
        "&lt;",
        "<!--",
        "]]>",
    ),
    *("[bold]", "[/]", "[link=file:///etc/passwd]", "[", "]", "\\[", ":smile:"),
    *("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\uff1d1", "\t=1", "'", "''"),
    *("\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x07", "\x08", "\x00", "\x7f", "\x85"),
    *("\n", "\r\n", "\r", "\u2028", "\u2029", "\v", "\f"),
    *("\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\u00ad", "\ufeff", "\U000e0041"),
    *(
        "'; DROP TABLE x; --",
        '"',
        "`",
        "$(id)",
        "%s",
        "{0}",
        "{x.__class__}",
        "../../etc",
        "C:\\\\",
    ),
    *("\u0430", "\u05d0", "\u0627\u0644", "\ud800", "\ufdd0", "Smith", " ", "\u3000", "9" * 400),
)

hostile = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), min_size=1, max_size=8
).map("".join)
