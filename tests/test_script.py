import pytest

from assistant.script import simplified


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黨支部書記怎麼當", "党支部书记怎么当"),
        ("乾淨的麵條", "干净的面条"),
        ("党支部书记", "党支部书记"),
        ("乾坤", "乾坤"),
        ("Party branch, 2020", "Party branch, 2020"),
        ("", ""),
        ("黨\ud800", "黨\ud800"),
    ],
)
def test_traditional_characters_become_simplified(text: str, expected: str) -> None:
    assert simplified(text) == expected
