"""Every sentence that an explanation can say, in each language it can say it in.

Invariant: each phrase has the same places to fill in every language; a test holds it. What a
pack says (titles, paraphrases) comes from the pack and is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

#: Articles have no more digits; four are the year of an edition.
_DIGITS = 3
#: So many parts of a sentence are named; all of them are in the JSON.
_LISTED = 8
#: The languages there are phrases for; any other reads the English ones.
LANGUAGES = ("en", "zh")

PHRASES: Mapping[str, tuple[str, str]] = {
    # -- how a record came to say what it says
    "reported": ("reported", "已报送"),
    "corrected": ("corrected", "已更正"),
    "withdrawn": ("withdrawn", "已撤回"),
    "amended": (
        "{act} by {by} for {authority} under {basis}, on {day}: {reason}",
        "{day}由{by}代表{authority}依据{basis}{act}：{reason}",
    ),
    "left_out_of_file": (
        "the agency left it out of {file}, its list of all there is, on {day}",
        "{day}报送机关在全量清单{file}中不再列出",
    ),
    "no_longer_listed": (
        "ended, for the agency's full list of {as_of}, {file}, no longer has it",
        "报送机关{as_of}的全量清单{file}中已无此记录，因而终止",
    ),
    "delivered": ("the agency delivered it in {file} on {day}", "报送机关于{day}在{file}中报送"),
    "delivered_changed": (
        "the agency delivered it changed in {file} on {day}",
        "报送机关于{day}在{file}中报送了变更后的内容",
    ),
    "a_file": ("a file", "文件"),
    # -- values
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "no_record": ("no record", "无记录"),
    "total": ("total", "总分"),
    "no_value": ("no value", "无数值"),
    "shown": ("{title}: {value}", "{title}：{value}"),
    "amount": ("{number} {unit}", "{number}{unit}"),
    "unit_points": ("points", "分"),
    "unit_count": ("times", "次"),
    "unit_months": ("months", "个月"),
    "unit_days": ("days", "天"),
    # -- reasons
    "per_unit": ("{shown} × {each}", "{shown} × {each}"),
    "at_most": ("at most {limit}", "不高于{limit}"),
    "at_least": ("at least {limit}", "不低于{limit}"),
    "band_from": ("{shown}, which is {bound} or more", "{shown}，达到{bound}及以上"),
    "band_below": ("{shown}, below the first bound", "{shown}，低于第一档界限"),
    "fixed": ("a fixed number", "固定分值"),
    "per_record": ("the points of {number}, added up", "{number}各自计分后合计"),
    "per_record_one": ("the points of {number}", "{number}计分"),
    "decaying": ("; they lessen with time", "；分值随时间递减"),
    "together": ("together {limits} {unit}", "合计{limits}{unit}"),
    "highest": ("of these only the highest counts", "其中仅计最高的一项"),
    "lowest": ("of these only the lowest counts", "其中仅计最低的一项"),
    "gives": ("gives “{grade}”", "直接判为“{grade}”"),
    "carries": ("keeps “{grade}”, the grade published before", "沿用此前公布的等级“{grade}”"),
    "leaves_at_best": ("leaves at best “{grade}”", "最高不超过“{grade}”"),
    "leaves_at_worst": ("leaves at worst “{grade}”", "最低不低于“{grade}”"),
    "lowers": ("lowers the grade by {steps} steps", "等级下调{steps}级"),
    "lowers_one": ("lowers the grade by one step", "等级下调一级"),
    "begins_with": ("every subject begins with {number}", "每个主体的起始分为{number}"),
    "with_figures": ("{effect} ({figures})", "{effect}（{figures}）"),
    "cited": ("{instrument}, {number}", "{instrument}，{number}"),
    "cited_article": ("{instrument}, {number}", "{instrument}第{number}条"),
    "and": (" and ", "且"),
    "comma": (", ", "，"),
    "semicolon": ("; ", "；"),
    "further": ("and {count} more", "另有{count}项"),
    # -- what did not count
    "ended": ("ended", "已结束"),
    "ended_newer": ("ended by the newer record {newer}", "已因较新的记录{newer}而结束"),
    "not_yet": ("not yet in effect", "尚未生效"),
    "replaced": ("replaced by a correction", "已被更正取代"),
    "not_looked_at": ("of a kind this scheme does not look at", "不属于本办法评价的种类"),
    "too_long_ago": ("too long ago to count", "已超过计入期限"),
    "not_in_period": ("outside the period evaluated", "不在本评价期间内"),
    "not_of_the_kind": ("not of the kind that counts", "不属于计入的情形"),
    "not_among_latest": (
        "not among the latest, or not of the kind that counts",
        "不在最近的记录之内，或不属于计入的情形",
    ),
    "not_among_kept": (
        "another record counts in its place, or it is not of the kind that counts",
        "由另一记录代替计入，或不属于计入的情形",
    ),
    "without_value": (
        "left out, for {fact} has no value ({article})",
        "{fact}缺失，不予计入（{article}）",
    ),
    "out_of_bounds": (
        "left out, for {fact} is not {bounds} ({article})",
        "{fact}超出规定范围（{bounds}），不予计入（{article}）",
    ),
    "left_out_of": ("for {selection}: {why}", "“{selection}”：{why}"),
    "stands_in_for_none": (
        "{fact} has no value; {value} stands in for it ({article})",
        "{fact}缺失，以{value}代替（{article}）",
    ),
    "stands_in": (
        "{fact} is not {bounds}; {value} stands in for it ({article})",
        "{fact}超出规定范围（{bounds}），以{value}代替（{article}）",
    ),
    "bounds_both": ("from {low} to {high}", "{low}至{high}"),
    "bounds_low": ("{low} or more", "不低于{low}"),
    "bounds_high": ("{high} or less", "不高于{high}"),
    # -- what decays, and when
    "fades": ("fading evenly to nothing by {day}", "逐日均匀递减，至{day}归零"),
    "becomes": ("{points} from {day}", "自{day}起为{points}"),
    "older": (
        "older than the law, which began on {day}; taken under {article}",
        "早于该法（自{day}起施行）；依{article}收录",
    ),
    # -- when a record ends, and what says so
    "end_stated": ("ends on {day}, as its authority says", "按报送机关所定，于{day}结束"),
    "end_law": (
        "ends on {day}, {number} {months} from {start} ({article})",
        "自{start}起{number}{months}，于{day}结束（{article}）",
    ),
    "end_newer": (
        "ends on {day}, when the newer record {newer} takes effect",
        "较新的记录{newer}于{day}生效，故于该日结束",
    ),
    "end_review": (
        "without an end ({article}); {owner} reviews it by {day}, {number} {months} from {start}",
        "无终止日期（{article}）；{owner}应在{day}前复核（自{start}起{number}{months}）",
    ),
    # -- what changes by itself
    "takes_effect": ("{record} takes effect", "{record}生效"),
    "ends": ("{record} ends", "{record}结束"),
    "ends_newer": (
        "{record} is ended by the newer record {newer}",
        "{record}因较新的记录{newer}而结束",
    ),
    "begins_to_count": (
        "{record} begins to count for “{selection}”",
        "{record}开始计入“{selection}”",
    ),
    "stops_counting": (
        "{record} no longer counts for “{selection}”",
        "{record}不再计入“{selection}”",
    ),
    "counts_now": (
        "{record} then counts {points} for “{rule}”",
        "{record}此后在“{rule}”中计{points}",
    ),
    "lessens": (
        "the points of {record} for “{rule}” lessen day by day",
        "{record}在“{rule}”中的分值逐日递减",
    ),
    "new_value": ("{parameter} takes a new value", "{parameter}采用新值"),
    "new_period": ("a new period is evaluated", "进入新的评价期间"),
    "begins_to_apply": ("“{title}” begins to apply", "“{title}”开始适用"),
    "no_longer_applies": ("“{title}” no longer applies", "“{title}”不再适用"),
    "days_pass": ("days have passed", "时间推移"),
    # -- what the bands ask, and what records would say instead
    "needs_better": (
        "for “{grade}” or better: {figures}{exceptions}",
        "要达到“{grade}”或更好：{figures}{exceptions}",
    ),
    "follows_worse": (
        "“{grade}” or worse follows from {figures}{exceptions}",
        "{figures}即为“{grade}”或更差{exceptions}",
    ),
    "total_at_most": (
        "a total of {bound} or less ({distance} {unit} fewer)",
        "总分{bound}及以下（再少{distance}{unit}）",
    ),
    "total_at_least": (
        "a total of {bound} or more ({distance} {unit} more)",
        "总分{bound}及以上（再多{distance}{unit}）",
    ),
    "figure_at_most": (
        "“{title}” at {bound} or less (now {now})",
        "“{title}”为{bound}及以下（现为{now}）",
    ),
    "figure_at_least": (
        "“{title}” at {bound} or more (now {now})",
        "“{title}”为{bound}及以上（现为{now}）",
    ),
    "total_at_most_still": (
        "a total still of {bound} or less (now {now})",
        "总分仍为{bound}及以下（现为{now}）",
    ),
    "total_at_least_still": (
        "a total still of {bound} or more (now {now})",
        "总分仍为{bound}及以上（现为{now}）",
    ),
    "figure_at_most_still": (
        "“{title}” still at {bound} or less (now {now})",
        "“{title}”仍为{bound}及以下（现为{now}）",
    ),
    "figure_at_least_still": (
        "“{title}” still at {bound} or more (now {now})",
        "“{title}”仍为{bound}及以上（现为{now}）",
    ),
    "quoted": ("“{text}”", "“{text}”"),
    "holding_one": ("{titles} holds", "{titles}适用"),
    "holding_many": ("{titles} hold", "{titles}适用"),
    "while": (", while {holding}", "（以{holding}为前提）"),
    "lifted_one": ("{titles} no longer holds", "{titles}不再适用"),
    "lifted_many": ("{titles} no longer hold", "{titles}不再适用"),
    "once": (", once {lifted}", "（以{lifted}为前提）"),
    "supposed_fact": (
        "with “{after}” instead of “{before}” for “{fact}”",
        "“{fact}”为“{after}”而非“{before}”",
    ),
    "supposed_gone": ("without {record}", "不计{record}"),
    "would_be": (
        "{changes}{records} the grade is “{grade}”{total}",
        "如{changes}{records}，等级为“{grade}”{total}",
    ),
    "more_ways_better": (
        "other changes as small that lead to a better grade: {count} (all of them with --json)",
        "另有{count}种同样小的变化可达到更好的等级（--json 可见全部）",
    ),
    "more_ways_worse": (
        "other changes as small that lead to a worse grade: {count} (all of them with --json)",
        "另有{count}种同样小的变化会导致更差的等级（--json 可见全部）",
    ),
    "sentence": ("{words}.", "{words}。"),
    # -- the story, sentence by sentence
    "story_draft": (
        "This version of the scheme is a draft: it is not in force and binds nobody.",
        "本办法的这一版本为草案：尚未施行，对任何人不具约束力。",
    ),
    "story_total": (
        "As of {day}, {subject} has the grade “{grade}” under “{scheme}” with a total of "
        "{total} {unit}.",
        "截至{day}，{subject}按“{scheme}”评定为“{grade}”，总分{total}{unit}。",
    ),
    "story_no_total": (
        "As of {day}, {subject} has the grade “{grade}” under “{scheme}”, without a total.",
        "截至{day}，{subject}按“{scheme}”评定为“{grade}”，不计总分。",
    ),
    "story_points": (
        "“{title}” counts {points} {unit}: {words}{records} ({article}).",
        "“{title}”计{points}{unit}：{words}{records}（{article}）。",
    ),
    "story_points_alone": (
        "“{title}” counts {points} {unit}: {words}{records}.",
        "“{title}”计{points}{unit}：{words}{records}。",
    ),
    "story_judgement": (
        "“{title}” {words}{records} ({article}).",
        "“{title}”：{words}{records}（{article}）。",
    ),
    "story_records": ("; records: {documents}", "；所据记录：{documents}"),
    "story_decay": (
        "The points of {document} ({points} now): {steps}.",
        "{document}的分值（现为{points}）：{steps}。",
    ),
    "story_ignored": ("{records}: {why}.", "{records}：{why}。"),
    "story_remark": ("{document}: {remark}.", "{document}：{remark}。"),
    "story_change": (
        "On {day}, by itself, this becomes “{grade}”{total}: {because}.",
        "自{day}起，将自动变为“{grade}”{total}：{because}。",
    ),
    "story_total_changes": (
        "On {day}, by itself, the total becomes {total} {unit}; the grade stays “{grade}”: "
        "{because}.",
        "自{day}起，总分将自动变为{total}{unit}，等级仍为“{grade}”：{because}。",
    ),
    "story_drift": (
        "Little by little the total then becomes {total} {unit} by {day}; the grade stays "
        "“{grade}”: {because}.",
        "此后总分逐步变化，至{day}为{total}{unit}，等级仍为“{grade}”：{because}。",
    ),
    "story_no_standing": (
        "On {day}, by itself, no record is left and so no standing: {because}.",
        "自{day}起，不再有有效记录，因而没有评价结果：{because}。",
    ),
    "story_unchanged": (
        "By the passing of time alone nothing changes up to and including {day}.",
        "仅因时间推移，至{day}不会发生变化。",
    ),
    "story_looked_ahead": ("This looks ahead until {day}.", "以上推算至{day}。"),
    "in_total": (" ({total} {unit})", "（{total}{unit}）"),
    "one_record": ("1 record", "1条记录"),
    "records": ("{count} records", "{count}条记录"),
    # -- headings and marks of a page
    "headed": ("{title}:", "{title}："),
    "in_brackets": (" ({text})", "（{text}）"),
    "heading_change": ("What would change it", "哪些情况会使结果改变"),
    "heading_ignored": ("What did not count", "未计入的记录"),
    "heading_law": ("The law behind it", "法律依据"),
    "heading_proof": ("Proof", "证明"),
    "by_authority": ("{scheme}, by {authority}", "{scheme}，{authority}"),
    "total_as_of": ("{total} {unit}, as of {day}", "{total}{unit}，截至{day}"),
    "no_total_as_of": ("no total, as of {day}", "无总分，截至{day}"),
    "english_only": (
        "[en] The sentences here exist in English and Chinese only; of the pack's texts, [en] "
        "marks those that exist only in English.",
        "[en] 此处的语句仅有英文和中文；标有[en]的文本仅有英文。",
    ),
    "draft": ("DRAFT: not in force, binds nobody", "草案：尚未施行，不具约束力"),
    "weak": (
        "Weak identifier: made of name and place alone. It grounds no listing.",
        "弱标识：仅由名称和地点生成，不得据以列入名单。",
    ),
    "counts_until": ("counts until {day}", "计入至{day}"),
    "counts_on": ("without a fixed end", "无固定期限"),
    "and_more": ("and {count} more (all of them with --json)", "另有{count}条（--json 可见全部）"),
    "entry": ("entry {leaf}: {words}", "条目{leaf}：{words}"),
    "entry_replacing": (
        "entry {leaf} in place of {replaced}: {words}",
        "条目{leaf}取代{replaced}：{words}",
    ),
    "nothing": ("nothing", "无"),
    "verified": ("seen in the official text", "见于官方文本"),
    "reproduced": ("reproduced on real data", "经真实数据重现"),
    "secondary": ("seen in a secondary source", "见于二手来源"),
    "known": (
        "not yet found in a source: do not rely on it as law",
        "尚未找到来源：不可作为法律依据",
    ),
    "nothing_to_prove": (
        "No record is behind this standing, so there is nothing to prove.",
        "本结果不依据任何记录，故无需证明。",
    ),
    "proved": (
        "{held} of {records} proved to be in the sealed log of {size} entries",
        "{records}中的{held}条已证明存在于含{size}个条目的封存日志中",
    ),
    "root": ("{origin}, root {root}", "{origin}，根 {root}"),
    "own_check": (
        "Salts and paths for your own check: --json",
        "自行核验所需的盐值与路径：--json",
    ),
}


#: Of one the unit stands alone; Chinese has no plural.
_ONE = {"points": "point", "times": "time", "months": "month", "days": "day"}


class Phrases:
    """The phrases in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._at = LANGUAGES.index(language) if language in LANGUAGES else 0

    @property
    def written_in(self) -> str:
        """The language in which the phrases stand: the one asked for, or English."""
        return LANGUAGES[self._at]

    def say(self, key: str, **filled: object) -> str:
        """One phrase with its places filled."""
        return PHRASES[key][self._at].format(**filled)

    def unit(self, unit: str) -> str:
        """A unit as it is read; as it is written where there is no word for it."""
        key = f"unit_{unit}"
        return self.say(key) if key in PHRASES else unit

    def of_number(self, unit: str, number: str) -> str:
        """A unit, as ``unit`` gives it, after a number: 1 point, 2 points."""
        return _ONE.get(unit, unit) if number in ("1", "-1") else unit

    def citation(self, instrument: str, number: str) -> str:
        """An article in a sentence; a number of its own in Chinese says that it is one."""
        numbered = number.isdigit() and len(number) <= _DIGITS
        key = "cited_article" if numbered else "cited"
        return self.say(key, instrument=instrument, number=number)

    def day(self, day: date) -> str:
        """A date as it is read."""
        if self._at:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%B %Y}"

    def listed(self, parts: Sequence[str], joint: str = "comma") -> str:
        """Parts one after another; of many the first, and how many more."""
        more = len(parts) - _LISTED
        shown = [*parts[:_LISTED], *([self.say("further", count=more)] if more > 0 else [])]
        return self.say(joint).join(shown)

    def records(self, count: int) -> str:
        """So many records."""
        return self.say("one_record") if count == 1 else self.say("records", count=f"{count:,}")
