"""The nouns of the project, frozen. Records flow between the stages; services act on them.

    file → Extract → Source → Document* → Section* → Passage* → Hit* (a Ranking) → Excerpt* → Answer | NotFound

Every text that may be shown is a `Span` into `Source.text`: nothing is copied, joined or rewritten.
The word in 「」 is the one users know a thing by.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.errors import NotVerbatim


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of characters [start, end) in the text of one source. 「位置」"""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, other: object) -> bool:
        return isinstance(other, Span) and self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        """The characters of `text` at this place; a place outside it is `NotVerbatim`."""
        if self.end > len(text):
            raise NotVerbatim(
                f"引用位置 {self.start}–{self.end} 超出原文长度 {len(text)}，请运行 zhiyin check 检查资料库。"
            )
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Source:
    """One file as text, which is never changed. 「文件」

    `id` is the SHA-256 of the file's bytes, in hex; `name` is the bare file name, `path` where it was read from.
    `encoding` is what its characters were decoded by, "" for a format that is not made of characters. If it is `plain`
    they are the text as they stand, else the text is what a reader made of them. `pages` is where each page begins in
    the text; () for a format without pages.
    """

    id: str
    name: str
    path: str
    encoding: str
    text: str = field(repr=False)
    format: str = "txt"
    plain: bool = True
    pages: tuple[int, ...] = field(default=(), repr=False)

    def page(self, at: int) -> int | None:
        """The number, from 1, of the page that holds a place of the text; None without pages."""
        return bisect_right(self.pages, at) or 1 if self.pages else None


#: The level of lines that no style but only their print makes headings, as in bold.
PRINTED = 9


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of which the format itself says that it is a heading.

    `span` is the line with its markup, `marker` how many characters of it stand before the words (`## `).
    `level` is 1 for the outermost, `PRINTED` where the format does not say.
    """

    span: Span
    level: int
    marker: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a format gives it. 「表格」

    `rows` are in order and free of overlap, without the header; `header` names the columns, and stands before them.
    """

    span: Span
    header: Span | None
    rows: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Text of a source that is no content, with the name of the rule that said so. 「杂项」"""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Layout:
    """What a format says of places in a text, beside the words: all in order of place. 「版式」

    `title` is the place of the whole file's title; not `titled` is a text of which the format knows that its first line
    is no title, as with the name of a sheet. `apart` are pieces that stand outside the running text, such as
    footnotes and text boxes, each a passage of its own.
    """

    title: Span | None = None
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    apart: tuple[Span, ...] = ()
    boilerplate: tuple[Boilerplate, ...] = ()
    titled: bool = True


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader gets out of a file: text, and what the format says of it.

    `encoding`, `plain` and `pages` are those of `Source`; `warnings` are sentences for the person who adds the file.
    """

    text: str
    encoding: str = ""
    layout: Layout = Layout()
    pages: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    plain: bool = False


class Trait(StrEnum):
    """The metadata a document may give of itself."""

    AUTHOR = "作者"
    ORIGIN = "来源"
    PUBLISHED = "发布时间"


@dataclass(frozen=True, slots=True)
class Document:
    """One article of a source. 「文章」

    `id` comes from the source's id and the article's place in it. `headings` are the places where its title stands;
    the first gives the title's own words. A file that names no title gives `title` its file name and no headings.
    """

    id: str
    title: str
    source: Source
    span: Span
    headings: tuple[Span, ...] = ()
    metadata: Mapping[Trait, Span] = field(default_factory=dict)

    def text(self, span: Span) -> str:
        """The source's own characters at `span`."""
        return span.of(self.source.text)


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered or headed part of a document, or the whole of one without numbering. 「章节」

    `heading` is the place of number and title in the source (empty for the root); `span` runs from the heading to the
    next section of the same or a higher level. `level` 0 is the document itself. A table is a section whose heading
    names its `columns`, and which ends with it.
    """

    number: str
    title: str
    level: int
    heading: Span
    span: Span
    parent: Section | None = None
    columns: bool = False

    @property
    def label(self) -> str:
        """Number and title as one line, for a path or a list of headings."""
        return self.number + self.title

    def path(self) -> tuple[str, ...]:
        """The labels from the outermost section to this one; empty for the document itself."""
        if self.parent is None:
            return ()
        return (*self.parent.path(), self.label)


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences inside one section: the unit that is indexed and ranked. 「段落」"""

    id: str
    document: Document
    section: Section
    span: Span

    @property
    def text(self) -> str:
        return self.document.text(self.span)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file was read into: every non-blank character is in a passage, a heading or boilerplate."""

    source: Source
    documents: tuple[Document, ...]
    sections: tuple[tuple[Section, ...], ...]  # one outline a document, each in order of place, the root first
    passages: tuple[Passage, ...]
    boilerplate: tuple[Boilerplate, ...]
    tables: int = 0
    warnings: tuple[str, ...] = ()

    def headings(self) -> tuple[Span, ...]:
        """The places of all titles and section headings, in order."""
        titles = [span for document in self.documents for span in document.headings]
        numbered = [section.heading for outline in self.sections for section in outline if len(section.heading)]
        return tuple(sorted(titles + numbered))


@dataclass(frozen=True, slots=True)
class Change:
    """Words of a question that are looked up as others: a slip put right, or a synonym. 「换词」"""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question in one wording: `text` is what is looked up, `changes` what was changed for it. 「提问」"""

    text: str
    words: tuple[str, ...]
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and its score, higher is better; `why` holds the score of each signal by its name. 「命中」"""

    passage: Passage
    score: float
    why: Mapping[str, float] = field(default_factory=dict)


Ranking = tuple[Hit, ...]  # best first


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an excerpt stands: enough to open the original there. 「出处」"""

    document: str
    document_id: str
    section: tuple[str, ...]
    file: str
    source_id: str
    span: Span
    page: int | None = None

    @property
    def locator(self) -> str:
        """《title》一、… › 1、…, ready to paste."""
        return f"《{self.document}》{' › '.join(self.section)}"


@dataclass(frozen=True, slots=True)
class Part:
    """A span with the text that was sliced from the stored original at that place."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an excerpt was found. 「为什么是这一条」"""

    words: tuple[str, ...]  # of the question, in the excerpt
    heading_words: tuple[str, ...]  # those only in the title and headings above it
    alike: bool  # whether the vectors say that both mean nearly the same
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Verbatim parts of one section with their citation; `highlights` lie inside the parts. 「摘录」

    `listed` is the number of items where the parts are those of an enumeration, else 0. Where only what names each
    item is shown, as the last parts, `unfolded` holds the rest of each.
    """

    parts: tuple[Part, ...]
    highlights: tuple[Span, ...]
    score: float
    citation: Citation
    also: tuple[Citation, ...] = ()
    listed: int = 0
    reason: Reason | None = None
    unfolded: tuple[tuple[Part, ...], ...] = ()


class Status(StrEnum):
    """How far a question was answered."""

    ANSWERED = "answered"
    RELATED = "related"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Topic:
    """What the next question may go on from: the last one, and how many rounds of its excerpts were shown. 「话题」"""

    question: str
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """Excerpts that answer a question, or (`RELATED`) that may touch on it. 「回答」

    `carried` is the earlier question that this one goes on from; "" if it stands for itself.
    """

    question: str
    status: Status
    confidence: float  # 0.0 to 1.0
    excerpts: tuple[Excerpt, ...]
    elapsed_ms: float = 0.0
    carried: str = ""
    topic: Topic | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The library holds no answer; `nearest` are the headings that come closest. 「未找到」"""

    question: str
    confidence: float
    nearest: tuple[Citation, ...]
    elapsed_ms: float = 0.0
    carried: str = ""
    topic: Topic | None = None

    status = Status.NOT_FOUND
