"""Two hundred documents of made-up guidance, in every format and encoding: what each holds, and what a reader must do.

All is drawn by number, so that document 17 is the same wherever it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from io import BytesIO
from random import Random

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from benchmarks.writers import (
    Block,
    Rows,
    as_csv,
    as_html,
    as_markdown,
    as_mhtml,
    as_pdf,
    as_text,
    as_word,
    as_workbook,
    box,
    heading,
    item,
    note,
    paragraph,
    table,
    title,
)

_CHINESE = "一二三四五六七八九十"
_PLACES = (
    ("阅览室", "读者", "书刊"), ("共享厨房", "居民", "炊具"), ("健身房", "会员", "器械"), ("游泳馆", "泳客", "救生圈"),
    ("实验室", "学生", "仪器"), ("菜园", "种植户", "农具"), ("停车场", "车主", "门禁卡"), ("宿舍楼", "住户", "钥匙"),
    ("会议室", "申请人", "投影仪"), ("仓库", "领料人", "货架"), ("琴房", "学员", "钢琴"), ("医务室", "职工", "药箱"),
)  # fmt: skip
_SENTENCES = (
    "{people}进入{place}以前要先登记，登记时写明姓名、时间和要用的{thing}。",
    "{place}每天上午{n}点开门，晚上九点关门，周{day}下午停用，用来检修。",
    "{thing}用完以后擦净放回原处，有损坏的当天报告值班员，不要自己修理。",
    "一次最多借用{thing}{n}件，期限{m}天，逾期不还的暂停借用一个月。",
    "值班员每{m}小时巡查一次，发现门窗没关、水电没断的，处理以后记在本子上。",
    "第一次来的{people}要听{m}分钟的讲解，听完签字，才能单独使用{thing}。",
    "遇到停电、漏水或者有人受伤，先保证人的安全，再打值班电话，最后才搬{thing}。",
    "{people}对收费有疑问的，可以在{n}天以内到前台查账，前台要当面解释清楚。",
    "“谁使用、谁负责”是{place}的第一条规矩，转借给别人的，由借出的人负责。",
    "每季度清点一次{thing}，账上有而找不到的，查明原因以后报管理小组；账上没有的，补登记。",
    "{place}里禁止吸烟，也不得存放汽油、酒精和其他易燃的东西！",
    "预约成功以后不能来的，至少提前{n}小时取消；一个月里{m}次不来的，下月不再接受预约。",
    "上年度{place}共接待{people}{n}{m}00人次，比前一年增加{n}.{m}%，没有发生事故。",
    "押金{n}0元，停止使用以后原路退回，从申请到退款不超过{m}个工作日。",
)
_SUBJECTS = (
    "开放时间", "登记和预约", "借用的办法", "收费标准", "安全要求", "清洁和检修", "值班安排", "损坏和赔偿", "事故处理",
    "投诉和建议", "培训", "钥匙管理", "档案和记录", "节假日安排",
)  # fmt: skip
_TASKS = (
    "关好门窗，拔下插头", "把{thing}放回原处", "在登记本上签字", "清扫地面，倒掉垃圾", "检查水龙头有没有关紧",
    "把钥匙交回前台",
)  # fmt: skip
_ENGLISH = (
    "Please sign in at the front desk before you use the room.",
    "Opening hours are 8:30 a.m. to 9 p.m.; the room is closed on public holidays.",
    "Return every item to its shelf and report any damage on the same day.",
    "In case of fire, leave by the stairs and call the duty officer.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A file: `group` is its format and encoding, `words` all that it holds; without words it must be refused."""

    group: str
    name: str
    content: bytes
    words: tuple[str, ...] = ()
    encoding: str = ""  # that it has to be read by


class _Author:
    """Writes documents, one after the other, of one place each."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)
        self._place, self._people, self._thing = self._random.choice(_PLACES)

    def document(self) -> list[Block]:
        """A document of any kind."""
        kinds = (self.guide, self.guide, self.regulation, self.answers, self.notice, self.english)
        return self._random.choice(kinds)()

    def guide(self) -> list[Block]:
        blocks = [title(f"{self._place}使用指南"), paragraph(self._text(2))]
        for number, subject in enumerate(self._some(_SUBJECTS, 3, 5)):
            blocks.append(heading(1, f"{_CHINESE[number]}、", subject))
            for inner, name in enumerate(self._some(_SUBJECTS, 0, 3)):
                blocks += [heading(2, f"（{_CHINESE[inner]}）", f"{name}的规定"), paragraph(self._text(2))]
                for point in range(self._random.choice((0, 0, 2))):
                    blocks += [heading(3, f"{point + 1}. ", f"{name}第{_CHINESE[point]}款"), paragraph(self._text(1))]
            blocks.append(paragraph(self._text(3)))
        return [*blocks, heading(1, f"{_CHINESE[number + 1]}、", "离开以前"), *self._list(), *self._extras()]

    def regulation(self) -> list[Block]:
        blocks, article = [title(f"{self._place}管理办法")], 0
        for number, subject in enumerate(self._some(_SUBJECTS, 2, 4)):
            blocks.append(heading(1, f"第{_CHINESE[number]}章 ", subject))
            for _ in range(self._random.randint(1, 2)):
                blocks.append(item(2, f"第{_CHINESE[article]}条 ", self._text(self._random.randint(1, 2))))
                article += 1
            if number == 0:
                tasks = self._some(_TASKS, 2, 4)
                blocks += [item(3, f"（{_CHINESE[at]}）", f"{task}；") for at, task in enumerate(tasks)]
        return blocks

    def answers(self) -> list[Block]:
        blocks = [title(f"{self._place}问答")]
        for subject in self._some(_SUBJECTS, 4, 7):
            blocks += [paragraph(f"问：{self._place}的{subject}有什么规定？"), paragraph(f"答：{self._text(2)}")]
        return blocks

    def notice(self) -> list[Block]:
        head = [title(f"关于调整{self._place}{self._some(_SUBJECTS, 1, 1)[0]}的通知"), paragraph("各楼栋：")]
        rows = table(*self.rows(4))
        return [
            *head,
            paragraph(self._text(3)),
            rows,
            paragraph(self._text(2)),
            *self._extras(),
            paragraph("特此通知。"),
        ]

    def english(self) -> list[Block]:
        blocks = [title(f"{self._place} Room Rules（中英对照）")]
        for number in range(3):
            english = " ".join(self._some(_ENGLISH, 1, 2))
            blocks += [heading(1, f"{_CHINESE[number]}、", f"Part {number + 1} 说明"), paragraph(english)]
            blocks.append(paragraph(self._text(2)))
        return blocks

    def rows(self, count: int) -> Rows:
        """A table with the names of its columns."""
        rows = [
            (f"{self._thing}{at + 1}号", f"{self._random.randint(1, 90)}", self._random.choice("东西南北") + "门")
            for at in range(count)
        ]
        return (("名称", "数量", "地点"), *rows)

    def _list(self) -> list[Block]:
        tasks = self._some(_TASKS, 3, 6)
        ends = ["；"] * (len(tasks) - 1) + ["。"]
        points = [
            item(4, f"（{at}）", f"{task}{end}")
            for at, (task, end) in enumerate(zip(tasks, ends, strict=True), start=1)
        ]
        return [paragraph(f"{self._people}离开{self._place}以前，请逐项做完下面几件事："), *points]

    def _extras(self) -> list[Block]:
        extras = [
            table(*self.rows(3)),
            note(f"本条自当年{self._random.randint(1, 12)}月起施行，{self._place}以前的规定同时作废。"),
            box(f"值班电话贴在{self._place}门口，夜里也有人接听。"),
        ]
        return self._random.sample(extras, self._random.randint(0, 3))

    def _some(self, of: Sequence[str], least: int, most: int) -> list[str]:
        return [self._filled(each) for each in self._random.sample(of, self._random.randint(least, most))]

    def _text(self, sentences: int) -> str:
        return "".join(self._some(_SENTENCES, sentences, sentences))

    def _filled(self, template: str) -> str:
        n, m, day = self._random.randint(2, 9), self._random.randint(2, 9), self._random.choice(_CHINESE[:6])
        return template.format(place=self._place, people=self._people, thing=self._thing, n=n, m=m, day=day)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How many files of a group there are, and how the one with a number is made."""

    group: str
    count: int
    make: Callable[[str, int], Case]


def _of_blocks(group: str, number: int, ending: str, write: Callable[[list[Block]], bytes], encoding: str = "") -> Case:
    blocks = _Author(number).document()
    words = tuple(words for block in blocks for words in block.words())
    return Case(group, f"{number:03}{ending}", write(blocks), words, encoding)


def _text_plan(codec: str, read_as: str) -> _Plan:
    return _plan(f"txt {codec}", 12, ".txt", lambda blocks: as_text(blocks).encode(codec), read_as)


def _big5(group: str, number: int) -> Case:
    """In Traditional Chinese, since Big5 holds no other."""
    change = _traditional()
    blocks = _Author(number).document()
    text = change(as_text(blocks))
    words = tuple(change(words) for block in blocks for words in block.words())
    return Case(group, f"{number:03}.txt", text.encode("big5"), words, "big5")


@lru_cache(maxsize=1)
def _traditional() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("s2tw").convert
    return convert


def _csv_plan(codec: str, delimiter: str, name: str) -> _Plan:
    def make(group: str, number: int) -> Case:
        rows = _Author(number).rows(12)
        content = as_csv(rows, delimiter).encode(codec)
        encoding = "gb18030" if codec == "gbk" else codec
        return Case(group, f"{number:03}.csv", content, tuple(cell for row in rows for cell in row), encoding)

    return _Plan(f"csv {codec} {name}", 2, make)


def _workbook(group: str, number: int) -> Case:
    author = _Author(number)
    sheets = [("清点表", author.rows(10)), ("备用", (("各处备用的东西，每月核对一次",), *author.rows(5)))][
        : 1 + number % 2
    ]
    words = tuple(cell for _, rows in sheets for row in rows for cell in row)
    return Case(group, f"{number:03}.xlsx", as_workbook(*sheets), words)


def _refused(number: int) -> tuple[str, bytes]:
    """(ending, content) of a file that can't be read: one of eleven kinds."""
    blocks = _Author(number).guide()
    document = as_word(blocks)
    kinds: tuple[Callable[[], tuple[str, bytes]], ...] = (
        lambda: (".txt", b" \r\n" * (number % 2)),
        lambda: (".txt", bytes(range(256)) * 4),
        lambda: (".txt", as_text(blocks).encode("utf-16")[:-1]),
        lambda: (".doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),
        lambda: (".docx", document[: len(document) // 2]),
        lambda: (".docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),  # what a password makes of it
        lambda: (".pdf", _locked()),
        lambda: (".pdf", _scanned()),
        lambda: (".pdf", as_pdf(blocks)[:-500]),
        lambda: (".xlsx", as_workbook(("表", _Author(number).rows(9)))[:-200]),
        lambda: (".mhtml", as_mhtml(blocks)[:600]),
    )
    return kinds[number % len(kinds)]()


def _locked() -> bytes:
    file = BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "locked")
    canvas.save()
    return file.getvalue()


def _scanned() -> bytes:
    """A page that is all picture."""
    file = BytesIO()
    canvas = Canvas(file)
    for row in range(40):
        canvas.rect(80, 80 + row * 15, 400, 6, fill=1)
    canvas.save()
    return file.getvalue()


def _plan(group: str, count: int, ending: str, write: Callable[[list[Block]], bytes], encoding: str = "") -> _Plan:
    return _Plan(group, count, lambda name, number: _of_blocks(name, number, ending, write, encoding))


PLANS: tuple[_Plan, ...] = (
    *(_text_plan(codec, codec) for codec in ("utf-8", "utf-8-sig", "utf-16", "gb18030")),
    _text_plan("gbk", "gb18030"),
    _Plan("txt big5", 12, _big5),
    _plan("md", 16, ".md", lambda blocks: as_markdown(blocks).encode(), "utf-8"),
    _plan("docx", 24, ".docx", as_word),
    _plan("pdf", 20, ".pdf", as_pdf),
    _plan("html utf-8", 10, ".html", as_html, "utf-8"),
    _plan("html gb2312", 10, ".htm", partial(as_html, charset="gb2312"), "gb18030"),
    _plan("mhtml", 8, ".mhtml", as_mhtml, "utf-8"),
    *(
        _csv_plan(codec, sign, name)
        for codec in ("utf-8", "gbk")
        for sign, name in ((",", ","), (";", ";"), ("\t", "tab"))
    ),
    _Plan("xlsx", 8, _workbook),
)
_READ = sum(plan.count for plan in PLANS)
_REFUSED = 20


def readable(every: int = 1) -> Iterator[Case]:
    """The documents that have to be read, or every n-th of them."""
    plans = (plan for plan in PLANS for _ in range(plan.count))
    return (plan.make(plan.group, number) for number, plan in enumerate(plans) if number % every == 0)


def refusable(count: int = _REFUSED) -> Iterator[Case]:
    """The files that have to be refused, or the first of them."""
    for number in range(_READ, _READ + count):
        ending, content = _refused(number)
        yield Case(f"refused {ending[1:]}", f"{number:03}{ending}", content)


def cases() -> Iterator[Case]:
    """All two hundred."""
    yield from readable()
    yield from refusable()
