"""Records ↔ rows: a `Reading` taken apart for the tables, and put together again as it was."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from assistant.records import Boilerplate, Document, Passage, Reading, Section, Source, Span, Trait

Row = tuple[str | int | None, ...]
#: What inserts a row of each table that a reading fills, in an order that breaks no reference.
INSERTS = {
    "document": "INSERT INTO document (id, source, place, title, start, stop) VALUES (?, ?, ?, ?, ?, ?)",
    "heading": "INSERT INTO heading (document, place, start, stop) VALUES (?, ?, ?, ?)",
    "trait": "INSERT INTO trait (document, name, start, stop) VALUES (?, ?, ?, ?)",
    "section": """INSERT INTO section (document, place, number, title, level, heading_start, heading_stop, parent,
        columns, start, stop) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    "passage": "INSERT INTO passage (id, document, section, place, sha256, start, stop) VALUES (?, ?, ?, ?, ?, ?, ?)",
    "boilerplate": "INSERT INTO boilerplate (source, place, name, start, stop) VALUES (?, ?, ?, ?, ?)",
}


def short_hash(text: str) -> str:
    """What tells a passage's text from any other: 64 bits of its SHA-256."""
    return sha256(text.encode()).hexdigest()[:16]


def _digest(reading: Reading, named: Mapping[str, list[Row]]) -> str:
    """A hash of how a file was read, given its rows; the same under any file name. A newer reader or cutter may change
    it."""
    untitled = {each.id for each in reading.documents if not each.headings}
    # The title of an untitled document, and of its outermost section, is the name of the file.
    documents = [row[:3] if row[0] in untitled else row for row in named["document"]]
    sections = [row[:3] if row[0] in untitled and row[1] == 0 else row for row in named["section"]]
    way = [
        {**named, "document": documents, "section": sections},
        short_hash(reading.source.text),
        *_source_extras(reading),
    ]
    return sha256(json.dumps(way).encode()).hexdigest()


_SOURCE_COLUMNS = "id, name, path, encoding, text, format, plain, pages, tables, warnings, sha256, digest, added_at"
#: Those that make up a `Source`.
_SOURCE = "id, name, path, encoding, text, format, plain, pages"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A reading as rows, made before the library is locked; `digest` tells how the file was read."""

    source: Row
    digest: str
    parts: Mapping[str, list[Row]]


def prepared(reading: Reading) -> Prepared:
    source, parts = reading.source, rows(reading)
    way = _digest(reading, parts)
    file = (source.id, source.name, source.path, source.encoding, source.text, *_source_extras(reading))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Prepared((*file, text_hash(source.text), way, now), way, parts)


def store(database: sqlite3.Connection, reading: Prepared) -> bool:
    """Write a file and all that was read in it; False if it is stored as it is. What lies where is not touched."""
    name = reading.source[0]
    known = database.execute("SELECT digest FROM source WHERE id = ?", (name,)).fetchone()
    if known == (reading.digest,):
        return False
    values = ", ".join("?" for _ in reading.source)
    if known:
        database.execute("DELETE FROM document WHERE source = ?", (name,))
        database.execute("DELETE FROM boilerplate WHERE source = ?", (name,))
        database.execute(f"UPDATE source SET ({_SOURCE_COLUMNS}) = ({values}) WHERE id = ?", (*reading.source, name))
    else:
        database.execute(f"INSERT INTO source ({_SOURCE_COLUMNS}) VALUES ({values})", reading.source)
    for table, insert in INSERTS.items():
        database.executemany(insert, reading.parts[table])
    return True


def _source_extras(reading: Reading) -> tuple[str, int, str, int, str]:
    source = reading.source
    pages, warnings = json.dumps(source.pages), json.dumps(reading.warnings, ensure_ascii=False)
    return source.format, int(source.plain), pages, reading.tables, warnings


def text_hash(text: str) -> str:
    """What tells whether a stored text still is what was read."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def rows(reading: Reading) -> Mapping[str, list[Row]]:
    """Table → rows, for all tables but `source`."""
    found: dict[str, list[Row]] = {table: [] for table in INSERTS}
    places: dict[str, dict[Section, int]] = {}
    for place, (document, outline) in enumerate(zip(reading.documents, reading.sections, strict=True)):
        name, span = document.id, document.span
        found["document"].append((name, document.source.id, place, document.title, span.start, span.end))
        found["heading"] += [(name, at, each.start, each.end) for at, each in enumerate(document.headings)]
        found["trait"] += [(name, trait.value, each.start, each.end) for trait, each in document.metadata.items()]
        places[name] = {section: at for at, section in enumerate(outline)}
        found["section"] += [_section_row(name, section, places[name]) for section in outline]
    for place, passage in enumerate(reading.passages):
        name, span = passage.document.id, passage.span
        section = places[name][passage.section]
        found["passage"].append((passage.id, name, section, place, short_hash(passage.text), span.start, span.end))
    for place, piece in enumerate(reading.boilerplate):
        found["boilerplate"].append((reading.source.id, place, piece.name, piece.span.start, piece.span.end))
    return found


def _section_row(document: str, section: Section, places: Mapping[Section, int]) -> Row:
    parent = None if section.parent is None else places[section.parent]
    heading, span = section.heading, section.span
    head = (document, places[section], section.number, section.title, section.level)
    return (*head, heading.start, heading.end, parent, int(section.columns), span.start, span.end)


def load_sources(database: sqlite3.Connection) -> Iterator[Source]:
    """All sources, by name and then by id, so that the order of insertion leaves no trace."""
    for row in database.execute(f"SELECT {_SOURCE} FROM source ORDER BY name, id"):
        yield _source(row)


def load_source(database: sqlite3.Connection, source_id: str) -> Source | None:
    row = database.execute(f"SELECT {_SOURCE} FROM source WHERE id = ?", (source_id,)).fetchone()
    return _source(row) if row else None


def _source(row: tuple[str, str, str, str, str, str, int, str]) -> Source:
    name_id, name, path, encoding, text, kind, plain, pages = row
    return Source(name_id, name, path, encoding, text, kind, bool(plain), tuple(json.loads(pages)))


def load_reading(database: sqlite3.Connection, source: Source) -> Reading:
    """What was stored of one source, equal to the reading it came from."""
    documents = tuple(_load_documents(database, source))
    outlines = {document.id: _load_outline(database, document) for document in documents}
    by_id = {document.id: document for document in documents}
    passages = database.execute(
        """SELECT passage.id, document, section, passage.start, passage.stop FROM passage
        JOIN document ON document.id = document WHERE source = ? ORDER BY passage.place""",
        (source.id,),
    )
    boilerplate = database.execute(
        "SELECT name, start, stop FROM boilerplate WHERE source = ? ORDER BY place", (source.id,)
    )
    (tables, warnings) = database.execute("SELECT tables, warnings FROM source WHERE id = ?", (source.id,)).fetchone()
    return Reading(
        source,
        documents,
        tuple(outlines[document.id] for document in documents),
        tuple(Passage(name, by_id[of], outlines[of][section], Span(*span)) for name, of, section, *span in passages),
        tuple(Boilerplate(name, Span(*span)) for name, *span in boilerplate),
        tables,
        tuple(json.loads(warnings)),
    )


def _load_documents(database: sqlite3.Connection, source: Source) -> Iterator[Document]:
    headings: dict[str, list[Span]] = defaultdict(list)
    traits: dict[str, dict[Trait, Span]] = defaultdict(dict)
    joined = "JOIN document ON document.id = document WHERE source = ?"
    for document, *span in database.execute(
        f"SELECT document, heading.start, heading.stop FROM heading {joined} ORDER BY heading.place", (source.id,)
    ):
        headings[document].append(Span(*span))
    for document, trait, *span in database.execute(
        f"SELECT document, name, trait.start, trait.stop FROM trait {joined} ORDER BY name", (source.id,)
    ):
        traits[document][Trait(trait)] = Span(*span)
    for name, title, *span in database.execute(
        "SELECT id, title, start, stop FROM document WHERE source = ? ORDER BY place", (source.id,)
    ):
        yield Document(name, title, source, Span(*span), tuple(headings[name]), traits[name])


def _load_outline(database: sqlite3.Connection, document: Document) -> tuple[Section, ...]:
    outline: list[Section] = []
    for number, title, level, head_start, head_stop, parent, columns, *span in database.execute(
        """SELECT number, title, level, heading_start, heading_stop, parent, columns, start, stop FROM section
        WHERE document = ? ORDER BY place""",
        (document.id,),
    ):
        above = None if parent is None else outline[parent]
        heading = Span(head_start, head_stop)
        outline.append(Section(number, title, level, heading, Span(*span), above, bool(columns)))
    return tuple(outline)
