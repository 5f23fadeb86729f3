"""How much of a file says nearly what the library says elsewhere, told when it is added."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from assistant.duplicates import SAME, SHINGLE, letters
from assistant.records import Passage

#: Of all shingles a quarter counts, chosen by their characters (the sampling of Broder, 1997): it tells as well whether
#: most of a passage recurs, in much less time.
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


def _sampled(passage: Passage) -> set[str]:
    text = letters(passage.text)
    codes = list(map(ord, text))
    ends = enumerate(zip(codes, codes[SHINGLE - 1 :], strict=False))
    return {text[at : at + SHINGLE] for at, (first, last) in ends if (first + last) % _SAMPLED == 0}
