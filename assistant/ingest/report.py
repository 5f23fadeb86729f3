"""What became of each file, and where all of its characters went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise

from assistant.records import Reading, Span


class Outcome(StrEnum):
    """What became of a file; its value stands in the JSON, `label` is what users read."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    REMOVED = "removed"
    MISSING = "missing"  # not where it was, but kept
    REFUSED = "refused"
    SKIPPED = "skipped"  # of a format without a reader, in a folder

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Outcome.ADDED: "新收录",
    Outcome.REPLACED: "已更新",
    Outcome.UNCHANGED: "没有变化",
    Outcome.MOVED: "换了位置",
    Outcome.REMOVED: "已移除",
    Outcome.MISSING: "找不到了，资料保留",
    Outcome.REFUSED: "没有收录",
    Outcome.SKIPPED: "跳过",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Where the non-blank characters of one file or of many went: each is counted once.

    `repeated` of the passages say nearly what others say. `pages` is 0 for formats without pages, `empty_pages` are the
    numbers of those without text.
    """

    format: str
    encoding: str
    documents: int
    passages: int
    characters: int
    in_passages: int
    in_headings: int
    boilerplate: Mapping[str, int]
    tables: int
    pages: int
    empty_pages: tuple[int, ...] = ()
    repeated: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def in_boilerplate(self) -> int:
        return sum(self.boilerplate.values())


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; `sentence` says what there is to say, `account` is that of a file that was read."""

    name: str
    outcome: Outcome
    sentence: str = ""
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What became of all files of one run, in the order in which they were met."""

    files: tuple[FileReport, ...] = ()

    def of(self, *outcomes: Outcome) -> tuple[FileReport, ...]:
        return tuple(each for each in self.files if each.outcome in outcomes)

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many files came to what, in the order of the outcomes."""
        found = Counter(each.outcome for each in self.files)
        return {outcome: found[outcome] for outcome in Outcome if found[outcome]}

    @property
    def changed(self) -> bool:
        """Whether the library is another one now."""
        return bool(self.of(Outcome.ADDED, Outcome.REPLACED, Outcome.MOVED, Outcome.REMOVED))

    def total(self) -> Account:
        """The accounts of all files added up."""
        return added_up(each.account for each in self.files if each.account)

    def as_dict(self) -> dict[str, object]:
        """The contract of `add --json` and `update --json`."""
        return {
            "files": [
                {
                    "name": each.name,
                    "outcome": each.outcome.value,
                    "sentence": each.sentence,
                    **({"account": asdict(each.account)} if each.account else {}),
                }
                for each in self.files
            ],
            "counts": {outcome.value: count for outcome, count in self.counts.items()},
            "total": asdict(self.total()),
        }


def account(reading: Reading, repeated: int = 0) -> Account:
    """Where the characters of a file went: what is in a passage counts there, then headings, then boilerplate."""
    source = reading.source
    kinds = bytearray(len(source.text))
    noise = sorted({piece.name for piece in reading.boilerplate})
    numbers = {name: number for number, name in enumerate(noise, start=3)}
    _paint(kinds, ((piece.span, numbers[piece.name]) for piece in reading.boilerplate))
    _paint(kinds, ((span, 2) for span in reading.headings()))
    _paint(kinds, ((passage.span, 1) for passage in reading.passages))
    counts = Counter(kind for kind, character in zip(kinds, source.text, strict=True) if not character.isspace())
    return Account(
        format=source.format,
        encoding=source.encoding,
        documents=len(reading.documents),
        passages=len(reading.passages),
        characters=counts.total(),
        in_passages=counts[1],
        in_headings=counts[2],
        boilerplate={name: counts[number] for name, number in numbers.items() if counts[number]},
        tables=reading.tables,
        pages=len(source.pages),
        empty_pages=_empty_pages(reading),
        repeated=repeated,
        warnings=reading.warnings,
    )


def added_up(accounts: Iterable[Account]) -> Account:
    """Several accounts as one; which pages are empty is known of each file only."""
    each = tuple(accounts)
    boilerplate: Counter[str] = Counter()
    for one in each:
        boilerplate.update(one.boilerplate)
    sums = {
        name: sum(getattr(one, name) for one in each)
        for name in ("documents", "passages", "characters", "in_passages", "in_headings", "tables", "pages", "repeated")
    }
    return Account(format="", encoding="", boilerplate=dict(boilerplate), **sums)


#: So many files that were skipped are named; who has more knows what they are.
_NAMED = 10


def file_lines(file: FileReport) -> Iterator[str]:
    """What a person reads of one file; nothing of one that did not change."""
    if file.account:
        yield f"{file.name}：{file.outcome.label}，{account_line(file.account)}。"
        for warning in file.account.warnings:
            yield f"  注意：{warning}"
    elif file.sentence:
        yield file.sentence
    elif file.outcome in (Outcome.REPLACED, Outcome.REMOVED):
        yield f"{file.name}：{file.outcome.label}。"


def total_lines(report: Report) -> Iterator[str]:
    """What a person reads of the whole run."""
    skipped = [file for file in report.of(Outcome.SKIPPED) if not file.sentence]
    if skipped:
        names = "、".join(file.name for file in skipped[:_NAMED])
        more = "等" if len(skipped) > _NAMED else ""
        yield f"跳过 {len(skipped)} 个不支持的文件：{names}{more}。"
    if len(report.files) == 1:
        file = report.files[0]
        if file.outcome is Outcome.UNCHANGED and not file.sentence:
            yield f"{file.name}：{file.outcome.label}。"
        return
    counts = "，".join(f"{outcome.label} {count}" for outcome, count in report.counts.items())
    yield f"共 {len(report.files)} 个文件：{counts}。"
    read = [file.account for file in report.files if file.account]
    if len(read) > 1:
        yield f"合计 {account_line(report.total())}。"


def account_line(account: Account) -> str:
    """An account in plain words."""
    form = "，".join(filter(None, [account.format, account.encoding]))
    noise = "、".join(f"{name} {count}" for name, count in account.boilerplate.items())
    parts = [
        f"{account.documents} 篇文章，{account.passages} 个段落",
        f"读到 {account.characters} 字：正文 {account.in_passages}，标题 {account.in_headings}，"
        f"杂项 {account.in_boilerplate}{noise and f'（{noise}）'}",
        f"表格 {account.tables} 个" if account.tables else "",
        f"共 {account.pages} 页" if account.pages else "",
        f"与资料库里别处相同或相近的段落 {account.repeated} 个" if account.repeated else "",
    ]
    return (f"{form}，" if form else "") + "，".join(filter(None, parts))


def _paint(kinds: bytearray, places: Iterable[tuple[Span, int]]) -> None:
    for span, kind in places:
        kinds[span.start : span.end] = bytes([kind]) * len(span)


def _empty_pages(reading: Reading) -> tuple[int, ...]:
    text, pages = reading.source.text, reading.source.pages
    edges = enumerate(pairwise([*pages, len(text)]), start=1)
    return tuple(number for number, (start, end) in edges if not text[start:end].strip())
