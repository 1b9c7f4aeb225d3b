"""Six subjects worth reading about. They, and every row here, are plainly invented.

The rows are written by hand in the columns of each agency's file; ``day`` is the day on
which the agency reported them, which decides the delivery they come with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from goodstanding.demo.environment_stories import (
    ENVIRONMENT_STORIES,
    environment_acts,
    registrations,
)
from goodstanding.demo.model import FIRST_DELIVERY, Story
from goodstanding.demo.rows import Row, environment_act, registration

_BAKERY, _QUARRY, _BOARD = "99000001", "99000002", "PB9001"
_BAKERY_NAME, _BAKERY_ZH = "Lantern and Loaf Cooperative", "美里迪亚灯与面包合作社"
_QUARRY_NAME, _QUARRY_ZH = "Seven Hills Quarry Ltd", "美里迪亚七丘采石有限公司"
_BOARD_NAME = "Board of Harbours and Lights"

STORIES: tuple[Story, ...] = (
    Story(
        "recovered",
        f"mer-biz:{_BAKERY}",
        _BAKERY_NAME,
        "business_compliance",
        "A",
        "A bakery that failed an inspection, paid tax late, missed a report and owed wages. It "
        "fell from A to C, put everything right, and has A again: nothing lasts longer than "
        "the law says.",
    ),
    Story(
        "direct_d",
        f"mer-biz:{_QUARRY}",
        _QUARRY_NAME,
        "business_compliance",
        "D",
        "A quarry whose points alone would give B. A court judgment of 1.24 million stands "
        "unpaid, and article 16 of the Public Credit Act gives D until the day it is paid.",
    ),
    Story(
        "late_payer",
        f"mer-body:{_BOARD}",
        _BOARD_NAME,
        "public_body_timeliness",
        "C",
        "A public body that pays nearly half of its invoices late, graded by the same engine "
        "that grades those it keeps waiting.",
    ),
    *ENVIRONMENT_STORIES,
)


def story_rows() -> Mapping[str, Sequence[Row]]:
    """The hand-written rows by source, in the columns of that source, and ``reported``."""
    return {
        "registry": _registry(),
        "market_authority": _market(),
        "tax_office": _tax(),
        "environment": _environment(),
        "labour": _labour(),
        "food_safety": _food(),
        "courts": _courts(),
        "procurement": _procurement(),
    }


def _registry() -> list[Row]:
    bakery, quarry = (_BAKERY, _BAKERY_NAME), (_QUARRY, _QUARRY_NAME)
    return [
        registration(*bakery, "cooperative", "food", "Old Harbour", date(2012, 5, 14)),
        registration(*quarry, "company", "building", "Seven Hills", date(2009, 9, 1)),
        *registrations(),
    ]


def _market() -> list[Row]:
    def report(key: str, no: str, year: int, filed: date | None, decided: date) -> Row:
        return {
            "reported": decided,
            "编号": f"AR-S{key}",
            "注册号": no,
            "企业名称": _BAKERY_ZH if no == _BAKERY else _QUARRY_ZH,
            "文书号": f"年报{year}-S{key}",
            "年度": str(year),
            "到期日": f"{year + 1}-04-30",
            "提交日": filed.isoformat() if filed else None,
            "决定日": decided.isoformat(),
            "公布日": (decided + timedelta(days=7)).isoformat(),
            "结果": "按时" if filed else "未报",
        }

    return [
        report("1", _BAKERY, 2022, date(2023, 4, 20), date(2023, 4, 20)),
        report("2", _BAKERY, 2023, None, date(2024, 6, 3)),
        report("3", _BAKERY, 2024, date(2025, 4, 11), date(2025, 4, 11)),
        report("4", _BAKERY, 2025, date(2026, 4, 9), date(2026, 4, 9)),
        report("5", _QUARRY, 2023, date(2024, 3, 28), date(2024, 3, 28)),
        report("6", _QUARRY, 2024, date(2025, 4, 29), date(2025, 4, 29)),
        report("7", _QUARRY, 2025, date(2026, 4, 24), date(2026, 4, 24)),
    ]


def _tax() -> list[Row]:
    def decision(key: str, no: str, event: str, decided: date, **facts: str) -> Row:
        return {
            "reported": decided,
            "record_no": f"T-S{key}",
            "office": "MTO",
            "event": event,
            "taxpayer_no": no,
            "taxpayer_name": _BAKERY_NAME if no == _BAKERY else _QUARRY_NAME,
            "document_no": f"MTO/{decided.year}/S{key}",
            "article": "22" if event == "PAID" else "12",
            "decided": decided.isoformat(),
            "effective": (decided + timedelta(days=7)).isoformat(),
            "published": (decided + timedelta(days=14)).isoformat(),
            **facts,
        }

    return [
        decision("1", _BAKERY, "PENALTY", date(2023, 11, 6), amount="6400.00", reason="LATE"),
        decision("2", _BAKERY, "PAID", date(2024, 3, 4), tax_year="2023"),
        decision("3", _BAKERY, "PAID", date(2025, 3, 10), tax_year="2024"),
        decision("4", _BAKERY, "PAID", date(2026, 3, 9), tax_year="2025"),
        decision("5", _QUARRY, "PAID", date(2025, 3, 31), tax_year="2024"),
        decision("6", _QUARRY, "PAID", date(2026, 3, 30), tax_year="2025"),
    ]


def _environment() -> list[Row]:
    def act(key: str, kind: str, article: str, decided: date, **facts: object) -> Row:
        named = f"environment_act.{article}"
        return environment_act((_QUARRY, _QUARRY_NAME), key, kind, named, decided, **facts)

    dust: dict[str, object] = {"substance": "pm", "permitted": "30.000", "site": "Crusher 2"}
    return [
        act("1", "permit", "7", date(2023, 5, 2), activity="air", valid_until="2028-05-02"),
        act("2", "penalty", "18", date(2025, 2, 17), amount="12000.00", medium="air"),
        act("3", "exceedance", "23", date(2025, 3, 24), measured="30.001", **dust),
        act("4", "exceedance", "23", date(2025, 8, 11), measured="47.500", **dust),
        *environment_acts(),
    ]


def _labour() -> list[Row]:
    common: dict[str, object] = {
        "inspectorate": "LI",
        "employer_no": _BAKERY,
        "employer_name": _BAKERY_NAME,
    }
    return [
        {
            **common,
            "reported": date(2025, 12, 1),
            # Paid between the deliveries: the second file brings the end of the record.
            "changed": date(2026, 5, 15),
            "paid_later": "2026-05-15",
            "id": "LI-S1",
            "finding": "arrears",
            "paper": "LI/2025/S1",
            "decided": "2025-11-20",
            "effective": "2025-11-27",
            "published": "2025-12-01",
            "amount": "38500.00",
            "workers": 9,
            "settled": False,
        },
        {
            **common,
            "reported": date(2026, 6, 2),
            "id": "LI-S2",
            "finding": "remedy",
            "paper": "LI/2026/S2",
            "decided": "2026-05-29",
            "effective": "2026-05-29",
            "published": "2026-06-02",
            "remedied": "LI/2025/S1",
        },
    ]


def _food() -> list[Row]:
    def visit(key: str, inspection: str, place: str, day: date, result: str, found: int) -> Row:
        return {
            "reported": day + timedelta(days=5),
            "key": f"FS-S{key}",
            "kind": "inspection",
            "agency": "FSA",
            "business_no": _BAKERY,
            "business_name": _BAKERY_NAME,
            "paper": f"FSA/{day.year}/{inspection}",
            "decided": day,
            "published": day + timedelta(days=5),
            "inspection_no": inspection,
            "place": place,
            "result": result,
            "findings": found,
        }

    return [
        visit("1", "IN-S1", "Bakehouse, Old Harbour", date(2023, 10, 4), "fail", 17),
        visit("2", "IN-S1", "Shop, Old Harbour", date(2023, 10, 4), "fail", 6),
        visit("3", "IN-S2", "Bakehouse, Old Harbour", date(2024, 10, 14), "minor", 4),
        visit("4", "IN-S3", "Bakehouse, Old Harbour", date(2025, 9, 15), "pass", 1),
    ]


def _courts() -> list[Row]:
    def paper(key: str, kind: str, no: str, name: str, decided: date, **facts: str) -> Row:
        enforceable = decided + timedelta(days=30) if kind == "JUD" else decided
        return {
            "reported": decided + timedelta(days=35),
            "nr": f"C-S{key}",
            "type": kind,
            "party_no": no,
            "party_name": name,
            "file_no": f"CS S{key}/{decided.year}",
            "decided": f"{decided:%d.%m.%Y}",
            "enforceable": f"{enforceable:%d.%m.%Y}",
            "published": f"{decided + timedelta(days=35):%d.%m.%Y}",
            **facts,
        }

    board = (_BOARD, _BOARD_NAME)
    return [
        paper("1", "JUD", _QUARRY, _QUARRY_NAME, date(2025, 9, 20), amount="1240000,00"),
        paper("2", "REV", *board, date(2025, 9, 3), outcome="UPHELD"),
        paper("3", "REV", *board, date(2025, 11, 12), outcome="OVERTURNED"),
        paper("4", "REV", *board, date(2026, 1, 21), outcome="UPHELD"),
        paper("5", "REV", *board, date(2026, 3, 4), outcome="VARIED"),
    ]


#: Due, days between due and paid (None: unpaid), amount.
_INVOICES: tuple[tuple[date, int | None, str], ...] = (
    (date(2025, 7, 14), -6, "1810.00"),
    (date(2025, 7, 31), 12, "22400.00"),
    (date(2025, 8, 18), -2, "960.50"),
    (date(2025, 9, 5), 44, "18030.00"),
    (date(2025, 9, 22), 0, "4200.00"),
    (date(2025, 10, 10), 61, "9999.99"),
    (date(2025, 10, 30), -11, "310.00"),
    (date(2025, 11, 17), 1, "5075.00"),
    (date(2025, 12, 4), 135, "41200.00"),
    (date(2025, 12, 22), -4, "2600.00"),
    (date(2026, 1, 15), -9, "7350.00"),
    (date(2026, 2, 2), 28, "12600.00"),
    (date(2026, 3, 12), -1, "880.00"),
    (date(2026, 4, 20), None, "15500.00"),
    (date(2026, 5, 28), -3, "1999.00"),
)

#: Due, days between due and answered.
_REQUESTS: tuple[tuple[date, int], ...] = (
    (date(2025, 8, 4), -5),
    (date(2025, 10, 6), 9),
    (date(2025, 12, 1), -2),
    (date(2026, 2, 16), -1),
    (date(2026, 4, 7), -8),
)


def _procurement() -> list[Row]:
    return [
        _ledger(f"P-S{n:02}", "INV", due, 30, lateness, amount)
        for n, (due, lateness, amount) in enumerate(_INVOICES, 1)
    ] + [
        _ledger(f"P-R{n:02}", "REQ", due, 14, lateness, None)
        for n, (due, lateness) in enumerate(_REQUESTS, 1)
    ]


def _ledger(
    ref: str, kind: str, due: date, term: int, lateness: int | None, amount: str | None
) -> Row:
    received = due - timedelta(days=term)
    done = due + timedelta(days=lateness) if lateness is not None else None
    later = done is not None and done > FIRST_DELIVERY
    return {
        "reported": received,
        "changed": done if later else None,
        "done_later": done.isoformat() if done else None,
        "ref": ref,
        "type": kind,
        "body_no": _BOARD,
        "body_name": _BOARD_NAME,
        "paper": f"{kind}/{received.year}/{ref}",
        "received": received.isoformat(),
        "due": due.isoformat(),
        "done": done.isoformat() if done and not later else None,
        "amount": amount,
    }
