"""Generated documents of every format and encoding: each is read whole, or refused in a sentence with its name.

    python -m benchmarks.formats

does the same with all two hundred.
"""

from __future__ import annotations

import pytest

from benchmarks.documents import Case, readable, refusable
from benchmarks.formats import outcome

READ = list(readable(every=6))
REFUSED = list(refusable(11))


def named(case: Case) -> str:
    return f"{case.group} {case.name}"


def test_the_sample_holds_every_format() -> None:
    endings = {case.name.rpartition(".")[2] for case in READ}
    assert endings == {"txt", "md", "docx", "pdf", "html", "htm", "mhtml", "csv", "xlsx"}


@pytest.mark.parametrize("case", READ, ids=named)
def test_every_word_written_is_read_and_stands_in_a_passage_a_heading_or_boilerplate(case: Case) -> None:
    found = outcome(case)
    assert found.read and found.expected
    assert found.found == found.written > 0
    assert found.covered == found.characters >= found.found


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_what_cannot_be_read_is_refused_by_its_name(case: Case) -> None:
    found = outcome(case)
    assert found.refused and not found.read
