"""What is polite about a question and says nothing of its subject: 请问一下……谢谢."""

from __future__ import annotations

import re

_HELLO = r"(?:您好|你好|老师好|大家好|各位好|各位(?:老师|领导|同志)?|老师|同志|hi|hello)"
_ASKING = (
    r"(?:请问(?:一下|下|您|你|大家)?|(?:麻烦|劳驾|打扰)(?:您|你|大家)?(?:请?问)?(?:一下|了|下)?|请教(?:一下|下|个问题|大家)?|"
    r"(?:我|咱|本人)?(?:就)?(?:想|要)(?:请教|咨询|打听|了解|知道|问问|问)(?:一下|下|个问题)?(?![题责候鼎])|(?:咨询|打听)(?:一下|下)|"
    r"(?:能不能|能否|可不可以|可以|请|烦请)?(?:帮我|帮忙|给我|告诉我|跟我说说)(?:查|找|看|查找|查询|说说|讲讲)?(?:一查|一找|一下|下|看)?|"
    r"(?:有没有人|有人|谁)知道|please|could you tell me|can you tell me|i want to know)"
)
_LEADING = re.compile(rf"(?:(?:{_HELLO}|{_ASKING})[\s,，、。.!！~:：]*)+", re.IGNORECASE)
_THANKS = re.compile(
    r"[\s,，。.!！?？~、]*"
    r"(?:(?:非常|十分|万分)?(?:谢谢|感谢|多谢|谢了|拜托)(?:您|你|大家|各位)?(?:了|啦|啊)?|辛苦了|thanks|thank you|thx)"
    r"[\s。.!！~]*$",
    re.IGNORECASE,
)


def bare(question: str) -> str:
    """The question without greetings, requests and thanks; one that is nothing else comes back as it is."""
    left = question.strip()
    opening = _LEADING.match(left)
    left = left[opening.end() :] if opening else left
    while thanks := _THANKS.search(left):
        left = left[: thanks.start()] + next((sign for sign in thanks[0] if sign in "?？"), "")
    return left if re.search(r"\w", left) else question
