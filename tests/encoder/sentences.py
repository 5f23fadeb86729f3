"""Sentences of many kinds, written for these tests, and those of the seeds."""

from __future__ import annotations

import re

from assistant.bundled import seeds_folder

WRITTEN = (
    "三会一课应当多久开一次?",
    "新来的同志还不熟悉情况,请老党员带一带。",
    "支部大会由支部书记主持,每季度至少召开一次。",
    "党费要按月交,特殊情况可以按季度交。",
    "谈心谈话之前,先想好要解决什么问题。",
    "村里的路灯坏了半个月,群众意见很大。",
    "他把会议记录锁进柜子,钥匙交给了组织委员。",
    "入党积极分子的培养教育期一般不少于一年。",
    "下雨天,志愿者给独居老人送去了米和油。",
    "这份材料一共 36 页,第 7 页缺一个签名。",
    "GDP 增长 5.2%,居民收入同步提高。",
    "请把《工作手册》第三章第二节发给我。",
    "Wi-Fi 密码写在会议室的白板上。",
    "The branch secretary opened the meeting at nine o'clock.",
    "Python 3.11 以上的版本才能运行这个程序。",
    "他问:“为什么不早说?”没有人回答。",
    "一、提高认识;二、明确责任;三、抓好落实。",
    "①先学文件②再讨论③最后表态",
    "電腦壞了,請幫我看一看。",
    "联系电话:010-12345678(工作日 9:00—17:00)。",
    "年轻人愿意留下来,村子就有希望。",
    "批评要对事不对人,自我批评要见人见事见思想。",
    "班子不团结,根子往往在书记身上。",
    "账目每个月公布一次,谁都可以来查。",
    "换届选举实行差额选举,候选人要比应选人多。",
    "小李说话直,但心是热的。",
    "流动党员离开原居住地超过六个月,要转接组织关系。",
    "水稻插完秧,干部们又去修水渠。",
    "开短会、讲短话、发短文。",
    "网格员每天走访二十户,有事当场记下来。",
)


def sentences(count: int) -> list[str]:
    """The first `count`, each once: the written ones, then the seeds' in order."""
    seeds = "\n".join(path.read_text(encoding="utf-8-sig") for path in sorted(seeds_folder().glob("*.txt")))
    found = [sentence.strip() for sentence in re.split(r"(?<=[。?!;])|\n", seeds)]
    distinct = dict.fromkeys([*WRITTEN, *(sentence for sentence in found if len(sentence) > 5)])
    return list(distinct)[:count]
