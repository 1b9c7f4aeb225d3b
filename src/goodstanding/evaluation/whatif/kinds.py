"""The changes that are permitted, as one table: which there are, and what each rests on.

Invariant: ``changes`` makes no change of a kind that is not listed here, and none without the
article that its kind names.
"""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.catalogue import Titles
from goodstanding.evaluation.whatif.model import Kind


@dataclass(frozen=True, slots=True)
class KindOfChange:
    """A kind: its title, how it happens, the records it may touch, and where its article is
    taken from."""

    kind: Kind
    titles: Titles
    how: Titles
    may: Titles
    source: Titles


#: In the order in which equally small suggestions are shown: what the subject can do comes first.
KINDS: dict[Kind, KindOfChange] = {
    made.kind: made
    for made in (
        KindOfChange(
            Kind.SETTLE,
            {"en": "Settle what is open", "zh": "了结未结事项"},
            {
                "en": "what the record reports is settled, and its authority ends the record",
                "zh": "所载事项已了结，由其机关终止该记录",
            },
            {
                "en": "An adverse record that the scheme counts for as long as it lasts (its "
                "selections have neither window nor limit of number) ends today.",
                "zh": "评价方案在其存续期间一直计入的不利记录于今日终止。",
            },
            {"en": "the selection that counts it", "zh": "计入该记录的选取规则"},
        ),
        KindOfChange(
            Kind.COMPLETE,
            {"en": "Complete what is not done", "zh": "补做未完成事项"},
            {
                "en": "what is still open is completed, and its authority records that",
                "zh": "未完成的事项得到补正，由其机关记入",
            },
            {
                "en": "A fact that says that something has not happened yet is completed: no "
                "becomes yes, and an open date becomes today. Never the reverse, nor another fact.",
                "zh": "表明某事尚未发生的事实得到补正：“否”变为“是”，"
                "空缺日期变为今日；反向及其他事实均不可。",
            },
            {"en": "the selection that looks at the fact", "zh": "使用该事实的选取规则"},
        ),
        KindOfChange(
            Kind.REMEDY,
            {"en": "Obtain repair", "zh": "完成整改修复"},
            {
                "en": "the authority confirms that what it found is remedied",
                "zh": "由该机关确认所认定的问题已整改",
            },
            {
                "en": "A favourable record that the scheme counts and that names the document of "
                "an adverse one, once for each document.",
                "zh": "评价方案计入的、指明不利记录文书的有利记录，每份文书一次。",
            },
            {"en": "the basis of the item", "zh": "该目录项的法定依据"},
        ),
        KindOfChange(
            Kind.COMPLY,
            {"en": "Keep the law from now on", "zh": "自今起守法"},
            {
                "en": "the authority records each year once it is over",
                "zh": "每年结束后由该机关记入",
            },
            {
                "en": "A record of compliance that the scheme counts and that supposes nothing "
                "but the year: one for each year from this one on, once the year is over.",
                "zh": "评价方案计入的、除年度外不作任何假定的守法记录：自本年度起"
                "每年一条，年度结束后方可记入。",
            },
            {"en": "the basis of the item", "zh": "该目录项的法定依据"},
        ),
        KindOfChange(
            Kind.WAIT,
            {"en": "Wait", "zh": "等待"},
            {
                "en": "until then only time passes",
                "zh": "至该日仅经过时间",
            },
            {
                "en": "Days pass, and nothing else happens.",
                "zh": "时间经过，不发生其他事项。",
            },
            {"en": "the act of the scheme", "zh": "评价方案的依据"},
        ),
        KindOfChange(
            Kind.OBJECT,
            {"en": "Object to a record", "zh": "对记录提出异议"},
            {
                "en": "if the record is wrong, its authority finds so on objection and "
                "withdraws it",
                "zh": "如记录有误，经异议由其机关认定并撤销",
            },
            {
                "en": "A record that counts and that is not favourable is found wrong and is "
                "withdrawn. Whether it is wrong is not supposed.",
                "zh": "计入的非有利记录被认定有误而撤销；是否有误不作假定。",
            },
            {"en": "the record's own basis", "zh": "该记录自身的依据"},
        ),
    )
}

#: The place of each kind in the table.
ORDER: dict[Kind, int] = {kind: place for place, kind in enumerate(KINDS)}
