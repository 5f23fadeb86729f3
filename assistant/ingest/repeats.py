"""How much of a file says nearly what the library says elsewhere, told when it is added."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

from assistant.duplicates import SAME, shingles
from assistant.records import Passage

#: Of all shingles those count whose hash is divisible by this (the sampling of Broder, 1997): a quarter tells as well
#: whether most of a passage recurs, in a sixteenth of the time.
_SAMPLED = 4


def repeated(added: Sequence[Passage], library: Iterable[Passage]) -> Mapping[str, int]:
    """By the id of a source, how many of the added passages say nearly what another passage of the library says."""
    holders: dict[str, list[int]] = defaultdict(list)
    sizes = []
    for number, passage in enumerate(added):
        sampled = _sampled(passage)
        sizes.append(len(sampled))
        for shingle in sampled:
            holders[shingle].append(number)
    numbers = {passage.id: number for number, passage in enumerate(added)}
    found: set[int] = set()
    for passage in library:
        shared = Counter(number for shingle in _sampled(passage) for number in holders.get(shingle, ()))
        own = numbers.get(passage.id)
        found.update(number for number, count in shared.items() if number != own and count >= SAME * sizes[number])
    return Counter(added[number].document.source.id for number in found)


def _sampled(passage: Passage) -> list[str]:
    return [shingle for shingle in shingles(passage.text) if crc32(shingle.encode("utf-8", "replace")) % _SAMPLED == 0]
