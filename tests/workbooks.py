"""Small workbooks, written part by part as zips: what a spreadsheet program would save.

A cell is a value or, where the XML itself matters, a :class:`Cell` that holds it as written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EPOCH = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
#: Cell styles: 1 is a day, 2 a day with time.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as written: attributes beside its place, and what stands in it."""

    attributes: str
    content: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows of cells from row ``first``, and what else its XML holds."""

    rows: Sequence[Sequence[object]]
    state: str = "visible"
    merged: Sequence[str] = ()
    first: int = 1
    #: Raw XML after the last row, for example a million rows that hold nothing.
    tail: str = ""


def formula(text: str, result: str | None) -> Cell:
    """A formula with its stored result as a number, or without one."""
    value = "" if result is None else f"<v>{result}</v>"
    return Cell("", f"<f>{escape(text)}</f>{value}")


def error(value: str) -> Cell:
    """A cell in which a formula failed."""
    return Cell('t="e"', f"<f>1/0</f><v>{value}</v>")


def xlsx(
    sheets: Mapping[str, Sheet] | Sequence[Sequence[object]],
    *,
    since_1904: bool = False,
    parts: Mapping[str, bytes] | None = None,
) -> bytes:
    """An XLSX file of these sheets (or of one, from its rows), with further parts."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": Sheet(sheets)}
    files = {
        "[Content_Types].xml": _content_types(len(named)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(named, since_1904),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(named) + 1)]
            + [("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    for n, sheet in enumerate(named.values(), 1):
        files[f"xl/worksheets/sheet{n}.xml"] = _sheet(sheet, since_1904)
    return zipped({**{name: text.encode() for name, text in files.items()}, **(parts or {})})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # No time of day: the same files give the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _workbook(sheets: Mapping[str, Sheet], since_1904: bool) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{sheet.state}" r:id="rId{n}"/>'
        for n, (name, sheet) in enumerate(sheets.items(), 1)
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f'<workbookPr date1904="{int(since_1904)}"/><sheets>{listed}</sheets></workbook>'
    )


def _sheet(sheet: Sheet, since_1904: bool) -> str:
    rows = "".join(
        f'<row r="{n}">{"".join(_cell(value, n, at, since_1904) for at, value in enumerate(row))}'
        "</row>"
        for n, row in enumerate(sheet.rows, sheet.first)
    )
    merged = "".join(f'<mergeCell ref="{of}"/>' for of in sheet.merged)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}{sheet.tail}</sheetData>'
        + (f'<mergeCells count="{len(sheet.merged)}">{merged}</mergeCells>' if merged else "")
        + "</worksheet>"
    )


def _cell(value: object, row: int, column: int, since_1904: bool) -> str:
    place = f'r="{letters(column)}{row}"'
    if value is None:
        return f'<c {place} s="1"/>'
    if isinstance(value, Cell):
        return f"<c {place} {value.attributes}>{value.content}</c>"
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
        since = moment - (_EPOCH_1904 if since_1904 else _EPOCH)
        style = 2 if isinstance(value, datetime) else 1
        return f'<c {place} s="{style}"><v>{since.days + since.seconds / 86400!r}</v></c>'
    if isinstance(value, int | float):
        return f"<c {place}><v>{value!r}</v></c>"
    return f'<c {place} t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def letters(column: int) -> str:
    """The letters of a column counted from 0."""
    high, low = divmod(column, 26)
    return (letters(high - 1) if high else "") + chr(ord("A") + low)


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


# OpenDocument ---------------------------------------------------------------------------------

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"


def ods(
    sheets: Mapping[str, Sheet] | Sequence[Sequence[object]],
    *,
    parts: Mapping[str, bytes] | None = None,
) -> bytes:
    """An ODS file of these sheets (or of one, from its rows), with further parts."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": Sheet(sheets)}
    tables = "".join(
        f'<table:table table:name={quoteattr(name)} table:style-name="'
        f'{"ta1" if sheet.state == "visible" else "ta2"}">'
        f"{''.join(map(_ods_row, sheet.rows))}{sheet.tail}</table:table>"
        for name, sheet in named.items()
    )
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table">'
        f'<style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        + " ".join(
            f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "table", "text", "style")
        )
        + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
        + f' office:version="1.3"><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        "</manifest:manifest>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
            **(parts or {}),
        }
    )


def _ods_row(row: Sequence[object]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, Cell):
        return f"<table:table-cell {value.attributes}>{value.content}</table:table-cell>"
    if isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value!r}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"
