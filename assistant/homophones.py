"""Words typed by their sound: 书纪 is meant to be 书记. Pinyin is the form in which they agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from assistant.records import Change
from assistant.text import chance, chinese_words, strayed_characters

_LENGTHS = (4, 3, 2)  # of words that are looked for, the surest first
#: Differences that half of the speakers of Chinese neither hear nor type.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
#: One word in so many is typed wrong. If it is likelier by that that the characters are words of their own, they are
#: (the noisy channel of Kernighan, Church & Gale, COLING 1990).
_SLIPS = 3e-4


class Homophones:
    """Finds the words of a vocabulary behind characters that form no word."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """`vocabulary`: how often each word is used; of two that sound alike the commoner one is meant."""
        self._uses = vocabulary
        self._total = sum(vocabulary.values())
        self._holding: dict[tuple[int, int, str], list[str]] = defaultdict(list)
        for word in vocabulary:
            if len(word) in _LENGTHS:
                for place, character in enumerate(word):
                    self._holding[len(word), place, character].append(word)

    def slips(self, question: str) -> tuple[Change, ...]:
        """The slips of a question; they don't overlap."""
        found: list[Change] = []
        for run in strayed_characters(question):
            found.extend(self._in(run))
        for cut in chinese_words(question):
            for pair in pairwise(cut):
                found.extend(self._across(*pair))
        return tuple(dict.fromkeys(found))

    def _across(self, one: str, other: str) -> tuple[Change, ...]:
        """A slip that a word of two characters has swallowed half of: 书纪要有 is cut as 书, 纪要."""
        if sorted((len(one), len(other))) != [1, 2]:
            return ()
        joined = one + other
        typed, rest = (joined[:2], joined[2]) if len(one) == 1 else (joined[1:], joined[0])
        if typed in self._uses:
            return ()
        meant = self._behind(typed, chance(one) * chance(other) / chance(rest))
        return (Change(typed, max(meant, key=lambda word: (self._uses[word], word))),) if meant else ()

    def _in(self, run: str) -> tuple[Change, ...]:
        """The longest, then the commonest words behind a run of characters, and what lies around them."""
        for length in _LENGTHS:
            guesses = [
                (self._uses[word], word, start)
                for start in range(len(run) - length + 1)
                for word in self._behind(run[start : start + length])
            ]
            if guesses:
                _, word, start = max(guesses)
                end = start + length
                slip = () if run[start:end] == word else (Change(run[start:end], word),)
                return (*self._in(run[:start]), *slip, *self._in(run[end:]))
        return ()

    def _behind(self, typed: str, otherwise: float | None = None) -> set[str]:
        """What was typed, if it is a word here, else those that sound like it and share a character.

        `otherwise` is how likely it is that the characters mean what they say.
        """
        if typed in self._uses:
            return {typed}
        sharing = {
            word
            for place, character in enumerate(typed)
            for word in self._holding.get((len(typed), place, character), ())
        }
        least = (chance(typed) if otherwise is None else otherwise) / _SLIPS * self._total
        return {word for word in sharing if self._uses[word] >= least and sound(word) == sound(typed)}


@lru_cache(maxsize=8_192)
def sound(word: str) -> tuple[str, ...]:
    """The usual readings of a word's characters without tones, those that few tell apart made alike."""
    from pypinyin import lazy_pinyin

    readings = lazy_pinyin(word)
    for sharp, blunt in _ALIKE:
        readings = [reading.replace(sharp, blunt) for reading in readings]
    return tuple(readings)
