"""Questions that can't be understood without the one before: 那第二点呢, 为什么, 还有吗, 那预备党员呢."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.numbering import chinese_number
from assistant.text import looked_up, words
from assistant.wording import bare

_LEAD = r"(?:那么?|然后|接着|另外|好的?|嗯|哦|对了)?[,，、\s]*"
_END = r"(?:呢|吗|啊|呀|么)?[\s?？。!！]*"
_MORE = re.compile(
    rf"{_LEAD}(?:(?:请|再)?(?:继续|多(?:给|来)?(?:几|一)?[条个些点]?|来几[条个])|还有(?:没有|哪些|什么|别的|其他的?|更多)*(?:了|内容|原文)?|"
    rf"(?:有(?:没有)?)?(?:别的|其他的?|更多)(?:内容|原文|说法)?(?:有没有)?|more|anything else|go on){_END}",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?P<lead>那么?)?[,，、\s]*(?:其中)?(?:的)?第(?P<n>[零〇一二两三四五六七八九十]{1,3}|\d{1,2})(?P<unit>[点个项步种条类]|方面|部分)"
    r"(?:是|讲|说|指|怎么|具体|详细|的|什么|啥|内容|做|写|规定|了)*(?P<end>呢)?[\s?？。!！]*"
)
_ASIDE = re.compile(
    rf"{_LEAD}(?:(?:这|那)(?:是)?)?(?:为什么|为啥|为何|怎么(?:做|办|说|写|讲|弄)?|怎样(?:做)?|如何(?:做|办)?|具体(?:一?点|怎么(?:做|办|说)|说说|内容)?|"
    rf"详细(?:一?点|说说)?|什么意思|啥意思|举(?:个|一?些)?例子?|比如|什么时候|何时|多久|多长时间|在?哪里?|在哪儿|谁|由谁(?:负责)?|谁(?:来)?负责|"
    rf"有(?:什么|啥)(?:要求|好处|用|作用|意义|依据|规定)|依据(?:是什么)?|要注意(?:什么|啥)|why|how|when|who|where)"
    rf"(?:这样|这么做|要这样|要这么做)?{_END}",
    re.IGNORECASE,
)
#: Words that point back to what was asked before.
_POINTS_BACK = re.compile(r"^(?:那么?|这|它|他们|她们|它们|其中|上面|上述|前面|刚才)")
_INSTEAD = re.compile(r"那么?[,，、\s]*(?P<rest>.+?)呢[\s?？。!！]*")
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a follow-up asks for: `question` is what is looked up, the earlier one with what was added to it; `topic` is
    what the next follow-up goes on from."""

    question: str
    topic: str
    item: int = 0  # of the list that the earlier one is about, from 1; 0: none
    more: bool = False  # what comes after the excerpts already shown


def follow_up(question: str, earlier: str) -> FollowUp | None:
    """How a question goes on from an earlier one; None if it stands for itself."""
    asked = looked_up(bare(question)).strip()
    if _MORE.fullmatch(asked):
        return FollowUp(earlier, earlier, more=True)
    item = _ITEM.fullmatch(asked)
    # 第二条 alone is an article of a regulation.
    if item and (item["unit"] != "条" or item["lead"] or item["end"]):
        return FollowUp(earlier, earlier, item=chinese_number(item["n"]))
    if _ASIDE.fullmatch(asked):
        return FollowUp(f"{earlier} {asked}", earlier)
    instead = _INSTEAD.fullmatch(asked)
    if instead and len(asked) <= _LONGEST:
        subject = f"{instead['rest']} {earlier}"
        return FollowUp(subject, subject)
    if _POINTS_BACK.match(asked) and len(asked) <= _LONGEST and not words(_POINTS_BACK.sub("", asked))[3:]:
        return FollowUp(f"{earlier} {asked}", earlier)
    return None
