"""One handbook saved as txt, md, html, docx and pdf: one outline, the same passages, the same answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.assistant import Assistant
from assistant.encoder.choose import load_encoder
from assistant.ingest.report import account
from assistant.library import Library
from assistant.reading import read_file
from assistant.records import Answer, Reading
from assistant.settings import IndexSettings, Settings
from benchmarks.writers import as_html, as_markdown, as_pdf, as_text, as_word, heading, item, paragraph, title

HANDBOOK = (
    title("社区共享厨房使用手册"),
    paragraph(
        "社区共享厨房设在活动中心一楼，供本社区居民做饭、聚餐和开办烹饪课使用。本手册写明怎样预约、怎样使用、怎样"
        "清洁，也写明出了问题找谁。第一次来的居民请先读完“使用以前”一章，再到前台领取钥匙。"
    ),
    heading(1, "一、", "使用以前"),
    paragraph("共享厨房不接待没有预约的居民，临时想用的，请先到前台看当天还有没有空位。"),
    heading(2, "（一）", "预约的办法"),
    paragraph(
        "预约可以在小程序上办，也可以到前台登记。每次预约以两小时为一段，一天最多预约两段，周末和节假日每户只能预约"
        "一段。预约成功以后会收到一条短信，短信里的六位数字就是当天的开门密码，请不要转发给别人。"
    ),
    paragraph(
        "预约以后不能来的，请至少提前四小时取消。一个月里有三次预约了不来又不取消的，下一个月暂停预约。遇到停电、停水"
        "或者设备检修，前台会打电话通知，已经预约的时段可以改到一周以内的任何一天。"
    ),
    heading(2, "（二）", "押金和费用"),
    paragraph(
        "第一次使用要交押金一百元，押金在停止使用以后原路退回。每段时间收水电费八元，六十岁以上的居民和在校学生减半。"
        "打坏餐具按进货价赔偿，碗五元、盘八元、砂锅四十元，赔偿的钱从押金里扣，不够的当场补交。"
    ),
    heading(2, "（三）", "培训"),
    heading(3, "1. ", "谁要参加"),
    paragraph(
        "凡是第一次使用燃气灶的居民都要参加半小时的安全培训，培训每周三晚上七点在活动中心二楼举行。未满十六岁的孩子不能"
        "单独使用厨房，要由一名参加过培训的大人陪同。"
    ),
    heading(3, "2. ", "培训的内容"),
    paragraph(
        "培训讲燃气的开关、灭火毯的用法、烫伤以后的处理和垃圾的分类，最后每人点一次火、关一次阀。培训合格的发一张绿卡，"
        "绿卡两年有效，到期以后在网上做完十道题就可以续期。"
    ),
    heading(1, "二、", "使用当中"),
    heading(2, "（一）", "燃气灶和烤箱"),
    heading(3, "1. ", "燃气灶"),
    paragraph(
        "点火以前先打开抽油烟机，闻一闻有没有煤气味。点火时按下旋钮停三秒再转，点不着的等一分钟再试，连试三次都点不着"
        "就不要再试，请打前台电话。锅底的火不要超出锅沿，人离开灶台必须关火，哪怕只是去门口取一趟快递。"
    ),
    heading(3, "2. ", "烤箱"),
    paragraph(
        "烤箱预热十分钟再放食物，取烤盘时戴上厚手套。烤箱里只能放金属、玻璃和陶瓷的器皿，塑料盒和纸盒都不能进烤箱。"
        "用完以后把温度旋钮转回零，等箱体凉透再擦里面的油，热的时候用湿布去擦，玻璃门会裂。"
    ),
    heading(2, "（二）", "刀具和砧板"),
    paragraph(
        "刀具放在二号抽屉，用完洗净擦干放回原处，不要泡在水池里，别人伸手进去会割伤。红色砧板切生肉，蓝色砧板切水产，"
        "绿色砧板切蔬菜，白色砧板只切熟食，四种砧板不能混用。"
    ),
    heading(2, "（三）", "离开以前"),
    paragraph("离开厨房以前，请逐项做完下面这几件事，再到前台还钥匙："),
    item(4, "（1）", "关掉燃气总阀，总阀的手柄要和管道垂直；"),
    item(4, "（2）", "把灶台、台面和水池擦干净，抹布洗好晾在架子上；"),
    item(4, "（3）", "厨余垃圾倒进绿桶，其他垃圾倒进灰桶，桶满了就换袋子；"),
    item(4, "（4）", "清点餐具，少了的写在登记本上；"),
    item(4, "（5）", "关灯、关窗、锁门，把钥匙挂回前台的木板上。"),
    heading(2, "（四）", "开办烹饪课"),
    paragraph(
        "想在厨房里开课的居民，提前两周把课名、人数、要用的设备和食材写成一页纸交给管理小组。每班不超过十二人，收费的课"
        "要在报名时写明价钱，食材费按票据平摊，多收的退给学员。管理小组三天内答复，同意的排进下个月的课表。"
    ),
    paragraph(
        "开课当天，老师提前半小时到场，检查燃气、刀具和急救箱，再给学员讲一遍安全规定。下课以后由老师带着学员一起清洁，"
        "值班员验收合格才能离开。同一位老师一个月最多开四次课，好让别人也有机会。"
    ),
    heading(1, "三、", "清洁和检查"),
    paragraph(
        "每天晚上九点半以后由值班员做一次大清洁，居民不用参加。冰箱每周一清空，没有写名字和日期的食物一律扔掉，写了名字"
        "的最多放三天。抽油烟机的滤网每月拆下来洗一次，灭火器每季度看一次压力，指针落在红区就要换。"
    ),
    paragraph(
        "值班员每天把燃气表、水表和电表的读数记在本子上，读数和前一天差得太多的，当晚就要查原因。检查中发现的毛病能修的"
        "当天修，修不了的贴上“停用”的条子，三天以内报给物业。"
    ),
    heading(1, "四、", "出了事怎么办"),
    paragraph("出了事先保人，再保东西，最后才查原因。下面三种情况最常见，每位居民都要会处理。"),
    heading(2, "", "闻到煤气味"),
    paragraph(
        "闻到煤气味，先关总阀，再开窗户，不要开灯，也不要打电话，人走到院子里以后再打燃气公司的抢修电话。等抢修人员说"
        "可以进去了，才能回到厨房。"
    ),
    heading(2, "", "油锅着火"),
    paragraph(
        "油锅着火不能用水浇，关掉火，盖上锅盖，或者用灭火毯从身前往外盖住整个锅。火势压不住的，马上带着所有人离开，"
        "在安全的地方打火警电话，同时让前台疏散二楼的人。"
    ),
    heading(2, "", "烫伤和割伤"),
    paragraph(
        "烫伤以后马上用凉水冲十五分钟，不要抹牙膏和酱油，起了水泡不要挑破。割伤的先用干净的纱布压住五分钟，血止不住的"
        "送社区医院，急救箱挂在门后，箱里的药品用了要登记。"
    ),
    heading(1, "五、", "储物柜"),
    heading(2, "（一）", "申请和续期"),
    paragraph(
        "常来做饭的居民可以申请一格储物柜，放自己的锅铲、围裙和调料。申请人上个月至少来过四次，每户限一格，期限半年，期满"
        "以前十天可以续期一次。申请的人多于空柜的，按申请的先后排队，轮到的由前台打电话通知，三天不来办手续的算放弃。"
    ),
    heading(2, "（二）", "不能存放的东西"),
    paragraph(
        "储物柜里不能放生鲜、酒精、卡式炉的气罐和贵重物品。值班员每月第一个周一当着两位居民的面开柜检查，发现发霉、生虫的"
        "食物当场清理并拍照告知本人，发现气罐的立即搬到室外，并收回柜子。"
    ),
    paragraph(
        "停用储物柜的，把东西取走、柜子擦净、钥匙交回，前台在登记本上签字。逾期一个月不取的东西，由管理小组登记造册，送到"
        "社区的旧物交换站，不另行赔偿。"
    ),
    heading(1, "六、", "意见和建议"),
    paragraph(
        "对厨房有意见的，可以写在门口的本子上，也可以在每月第一个周六的居民会上提出来。管理小组在十天以内答复，答复贴在"
        "公告栏，大家都同意的建议写进下一版手册。"
    ),
    paragraph(
        "管理小组由五名居民组成，每年春节以后选一次，连任不超过两年。小组每季度公布一次账目，收了多少押金、水电费和赔偿款，"
        "买了什么设备，修了什么东西，都写清楚，居民看不明白的可以要求当面解释。"
    ),
    paragraph(
        "周一到周五上午九点到晚上九点开放，周末和节假日上午八点到晚上十点开放。每月最后一个周一停用一天，用来检修燃气管道、"
        "清洗抽油烟机和更换滤网。遇到台风和暴雪，按街道的通知停用，已经交的费用自动顺延。除夕和正月初一不开放，要做年夜饭"
        "的居民请提前一周登记，前台统一安排。"
    ),
)
#: Two blanks a level; the items of a list are sections named by their first words.
OUTLINE = """\
一、使用以前
  （一）预约的办法
  （二）押金和费用
  （三）培训
    1.谁要参加
    2.培训的内容
二、使用当中
  （一）燃气灶和烤箱
    1.燃气灶
    2.烤箱
  （二）刀具和砧板
  （三）离开以前
    （1）关掉燃气总阀，总阀的手柄要和管道垂直
    （2）把灶台、台面和水池擦干净
    （3）厨余垃圾倒进绿桶，其他垃圾倒进灰桶
    （4）清点餐具，少了的写在登记本上
    （5）关灯、关窗、锁门
  （四）开办烹饪课
三、清洁和检查
四、出了事怎么办
  闻到煤气味
  油锅着火
  烫伤和割伤
五、储物柜
  （一）申请和续期
  （二）不能存放的东西
六、意见和建议
"""


QUESTIONS = (
    "怎样预约共享厨房？",
    "预约了不来会怎么样？",
    "押金什么时候退？",
    "谁要参加安全培训？",
    "燃气灶点不着怎么办？",
    "生肉用哪块砧板切？",
    "离开厨房以前要做哪几件事？",
    "油锅着火了能用水浇吗？",
    "储物柜里不能放什么？",
    "想开烹饪课要怎么申请？",
)
FILES: Mapping[str, bytes] = {
    "txt": as_text(HANDBOOK).encode(),
    "md": as_markdown(HANDBOOK).encode(),
    "html": as_html(HANDBOOK),
    "docx": as_word(HANDBOOK),
    "pdf": as_pdf(HANDBOOK),
}


def bare(text: str) -> str:
    """A text without blanks and the marks of Markdown, which a format adds by itself."""
    return re.sub(r"[\s#]", "", text)


def passages(reading: Reading) -> list[str]:
    return [bare(passage.text) for passage in reading.passages]


def outline(reading: Reading) -> str:
    """A line a section, two blanks a level."""
    sections = [section for sections in reading.sections for section in sections if section.level]
    return "".join(f"{'  ' * (len(section.path()) - 1)}{bare(section.path()[-1])}\n" for section in sections)


@pytest.fixture(scope="module")
def readings() -> Mapping[str, Reading]:
    return {name: read_file(Path(f"手册.{name}"), content, IndexSettings()) for name, content in FILES.items()}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[list[str]]]:
    """By format: for each question, the excerpts' texts."""
    found = {}
    for name, content in FILES.items():
        folder = tmp_path_factory.mktemp(name)
        (folder / f"手册.{name}").write_bytes(content)
        with closing(Assistant(Library.open(folder / "library"), Settings(), load_encoder(None), None)) as assistant:
            assistant.add([folder / f"手册.{name}"])
            found[name] = [list(excerpts(assistant, question)) for question in QUESTIONS]
    return found


def excerpts(assistant: Assistant, question: str) -> Iterator[str]:
    answer = assistant.ask(question)
    for excerpt in answer.excerpts if isinstance(answer, Answer) else ():
        yield bare("".join(part.text for part in excerpt.parts))


def test_the_numbers_stand_in_no_words_of_the_word_file() -> None:
    with ZipFile(BytesIO(FILES["docx"])) as package:
        body = package.read("word/document.xml").decode()
    assert "使用以前" in body and not re.search(r"一、|（一）|1\. |（1）", body)


def test_the_pdf_has_several_pages_and_paragraphs_that_wrap(readings: Mapping[str, Reading]) -> None:
    assert len(readings["pdf"].source.pages) > 2
    assert account(readings["pdf"]).boilerplate.keys() == {"页眉", "页码"}


@pytest.mark.parametrize("name", FILES)
def test_every_format_has_the_outline_that_was_written(readings: Mapping[str, Reading], name: str) -> None:
    assert outline(readings[name]) == OUTLINE
    assert [document.title for document in readings[name].documents] == ["社区共享厨房使用手册"]


@pytest.mark.parametrize("name", FILES)
def test_every_format_has_the_same_passages(readings: Mapping[str, Reading], name: str) -> None:
    assert passages(readings[name]) == passages(readings["txt"])


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_excerpts(answers: Mapping[str, list[list[str]]], name: str) -> None:
    assert all(answers[name])
    assert answers[name] == answers["txt"]
