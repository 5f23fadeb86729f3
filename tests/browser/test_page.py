"""The page in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from assistant.render import NOT_FOUND
from tests.browser.conftest import HOSTILE

QUESTION = "基层党支部书记要有哪些素质？"
WIDE, NARROW = (1280, 900), (360, 740)


class Page:
    """What a user does on the page."""

    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser = browser
        self.url = url
        self.open()

    def open(self, path: str = "/") -> None:
        self.browser.get(self.url + path)
        self.until(".chip")

    def resize(self, size: tuple[int, int]) -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def until(self, selector: str) -> WebElement:
        return WebDriverWait(self.browser, 20).until(lambda _: self.all(selector))[0]

    def run(self, script: str, *arguments: object) -> object:
        return self.browser.execute_script(script, *arguments)

    @property
    def box(self) -> WebElement:
        return self.all("textarea")[0]

    def type(self, question: str) -> None:
        script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
        self.run(script, self.box, question)

    def ask(self, question: str) -> WebElement:
        """The turn that the question and its answer make."""
        self.type(question)
        self.box.send_keys(Keys.ENTER)
        return self.answered(len(self.all(".turn")) or 1)

    def answered(self, number: int) -> WebElement:
        return self.until(f".turn:nth-of-type({number}):has(.answer, .notice)")

    def texts(self, selector: str) -> list[str]:
        return list(self.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector))

    def fits(self) -> bool:
        wide = "[document.scrollingElement, ...document.querySelectorAll('.turns, .scroll, .panel')]"
        return bool(self.run(f"return {wide}.every(e => e.scrollWidth <= Math.max(e.clientWidth, 0))"))

    def cited_is_visible(self) -> bool:
        script = """
            const cited = document.querySelector('.panel .cited').getClientRects()[0];
            const text = document.querySelector('.panel .text').getBoundingClientRect();
            const across = cited.left >= 0 && cited.right <= innerWidth;
            return across && cited.top >= text.top && cited.bottom <= text.bottom"""
        return bool(self.run(script))


@pytest.fixture
def real(chromium: Chrome, served_page: str) -> Iterator[Page]:
    page = Page(chromium, served_page)
    page.resize(WIDE)
    yield page


@pytest.fixture
def hostile(chromium: Chrome, hostile_page: str) -> Iterator[Page]:
    page = Page(chromium, hostile_page)
    page.resize(WIDE)
    yield page


@pytest.fixture
def grouped(chromium: Chrome, grouped_page: str) -> Iterator[Page]:
    page = Page(chromium, grouped_page)
    page.resize(WIDE)
    yield page


def test_a_question_brings_cards_with_marks_and_a_citation(real: Page) -> None:
    turn = real.ask(QUESTION)
    assert turn.find_element(By.CSS_SELECTOR, ".question").text == QUESTION
    assert turn.find_elements(By.CSS_SELECTOR, ".excerpt .quote mark")
    assert turn.find_element(By.CSS_SELECTOR, ".excerpt .cite").text.startswith("《")
    assert real.box.get_attribute("value") == ""


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_citation_opens_the_original_at_the_cited_place(real: Page, size: tuple[int, int]) -> None:
    real.resize(size)
    real.ask(QUESTION)
    real.until(".excerpt:last-of-type .source .cite").click()
    real.until(".panel .cited")
    assert real.cited_is_visible()
    shown = "".join(real.texts(".panel .cited")).replace("\n", "")
    quoted = "".join(real.texts(".excerpt:last-of-type .part")).replace("\n", "")
    assert shown == quoted
    real.until(".panel .close").click()
    assert not real.until(".panel").is_displayed()


def test_what_the_library_does_not_hold_is_not_found(real: Page) -> None:
    turn = real.ask("红烧肉要炖多久才软烂？")
    assert NOT_FOUND in turn.text
    assert not turn.find_elements(By.CSS_SELECTOR, ".excerpt")


def test_where_nothing_is_found_the_nearest_headings_open_the_original(hostile: Page) -> None:
    turn = hostile.ask("天气")
    assert turn.find_element(By.CSS_SELECTOR, ".lead").text.startswith(NOT_FOUND)
    assert not turn.find_elements(By.CSS_SELECTOR, ".excerpt")
    turn.find_element(By.CSS_SELECTOR, ".nearest .cite").click()
    hostile.until(".panel .cited")
    assert hostile.texts(".panel .cited")[0].startswith("一、<script>")
    assert hostile.cited_is_visible()


def test_no_other_host_is_asked_for_anything(real: Page) -> None:
    real.browser.get_log("performance")  # forget what came before
    real.open()
    real.ask(QUESTION)
    real.until(".source .cite").click()
    real.until(".panel .cited")
    real.until(".copy").click()
    messages = [json.loads(entry["message"])["message"] for entry in real.browser.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    remote = {urlsplit(url).netloc for url in urls if urlsplit(url).scheme in ("http", "https", "ws", "wss")}
    assert remote == {urlsplit(real.url).netloc}
    assert not [m for m in messages if m["method"] == "Network.webSocketCreated"]


def test_nothing_on_the_page_breaks_its_own_security_policy(real: Page) -> None:
    real.browser.get_log("browser")
    real.open()
    real.ask(QUESTION)
    assert real.browser.get_log("browser") == []


def test_an_example_is_asked_by_a_click(hostile: Page) -> None:
    hostile.until(".chip").click()
    assert "处理脚本时要原样显示" in hostile.answered(1).text


def test_markup_in_a_question_is_shown_as_text(hostile: Page) -> None:
    question = "<img src=x onerror=\"document.title='提问'\"><script>document.title='提问'</script>"
    hostile.ask(question)
    assert hostile.texts(".question") == [question]
    assert hostile.browser.title == "指引"


def test_markup_in_a_document_is_shown_as_text_to_the_last_space(hostile: Page) -> None:
    hostile.ask("处理脚本时要原样显示")
    assert hostile.texts(".part")[0].strip() in HOSTILE
    assert "  两个空格\t制表符 &amp; 实体。\r\n" in "".join(hostile.texts(".part")) + "\r\n"
    hostile.until(".source .cite").click()
    hostile.until(".panel .original")
    assert hostile.texts(".panel .original") == [HOSTILE]
    assert hostile.browser.title == "指引"
    assert not hostile.all(".original img, .original script, .documents b, .quote img")


def test_the_list_of_documents_opens_one(hostile: Page) -> None:
    hostile.until(".library").click()
    button = hostile.until(".documents .cite")
    assert button.text == HOSTILE.split("\n")[0]
    button.click()
    hostile.until(".panel .original")
    assert hostile.cited_is_visible()


def test_a_file_tells_what_was_read_of_it_when_it_is_unfolded(hostile: Page) -> None:
    hostile.until(".library").click()
    hostile.until(".account summary").click()
    assert "读到" in hostile.until(".account p").text


def test_a_collection_can_be_chosen_and_stays_in_the_address(grouped: Page) -> None:
    grouped.until(".within option[value='']")
    grouped.run("arguments[0].value = '工具.txt'", grouped.all(".within select")[0])
    turn = grouped.ask("每月集中")
    assert [each.text for each in turn.find_elements(By.CSS_SELECTOR, ".place")] == ["工具.txt，第 2 页，第 11–19 字"]
    grouped.open(grouped.browser.current_url.removeprefix(grouped.url))
    assert grouped.until(".within select").get_attribute("value") == "工具.txt"


def test_a_citation_leads_to_the_page_of_the_file_itself(grouped: Page) -> None:
    grouped.ask("铁锹每月")
    grouped.until(".source .cite").click()
    grouped.until(".panel .original")
    assert grouped.texts(".panel .where") == ["工具.txt，第 2 页"]
    address = str(grouped.until(".file-link").get_attribute("href"))
    assert "/original/" in address and address.endswith("#page=2")


def test_one_collection_leaves_nothing_to_choose(hostile: Page) -> None:
    assert not hostile.all(".within")[0].is_displayed()


def test_a_question_that_cannot_be_asked_gets_a_notice_and_stays_in_the_box(hostile: Page) -> None:
    hostile.resize(NARROW)
    turn = hostile.ask("a" * 10_000)
    assert "问题太长" in turn.find_element(By.CSS_SELECTOR, ".notice").text
    assert hostile.box.get_attribute("value") == "a" * 10_000
    assert hostile.fits()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_nothing_scrolls_sideways(real: Page, size: tuple[int, int]) -> None:
    real.resize(size)
    assert real.fits()
    real.ask(QUESTION)
    real.until(".library").click()
    assert real.fits()
    real.until(".source .cite").click()
    real.until(".panel .cited")
    assert real.fits()


def test_enter_belongs_to_the_input_method_while_it_composes(hostile: Page) -> None:
    hostile.type("处理")
    enter = "arguments[0].dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    hostile.run(enter, hostile.box)
    assert not hostile.all(".turn")


def test_escape_closes_the_original_and_gives_the_focus_back(hostile: Page) -> None:
    hostile.ask("处理脚本时要原样显示")
    hostile.until(".source .cite").click()
    hostile.until(".panel .cited")
    hostile.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not hostile.until(".panel").is_displayed()
    assert hostile.browser.switch_to.active_element == hostile.until(".source .cite")


def test_copying_takes_the_words_and_their_source(hostile: Page) -> None:
    hostile.ask("处理脚本时要原样显示")
    hostile.until(".copy").click()
    assert hostile.until(".copy").text == "已复制"
    copied = hostile.until(".copy").get_attribute("data-copy")
    assert copied is not None
    assert copied.startswith(hostile.texts(".part")[0].split("\r")[0])
    assert "（出自《" in copied


def test_the_address_carries_the_question(hostile: Page) -> None:
    hostile.open(f"/?q={quote('处理脚本时要原样显示')}")
    assert "处理脚本时要原样显示" in hostile.answered(1).text
    hostile.ask("原样显示")
    assert hostile.browser.current_url.endswith(f"?q={quote('原样显示')}")


def test_a_follow_up_shows_what_it_goes_on_from_until_that_is_taken_away(hostile: Page) -> None:
    hostile.ask("处理脚本时要原样显示")
    turn = hostile.ask("还有吗")
    chip = turn.find_element(By.CSS_SELECTOR, ".carried")
    assert "处理脚本时要原样显示" in chip.text
    assert hostile.browser.current_url.endswith(f"?q={quote('处理脚本时要原样显示')}")
    chip.click()
    hostile.until(".turn:nth-of-type(2):has(.answer):not(:has(.carried))")
    assert NOT_FOUND in hostile.texts(".turn:nth-of-type(2) .lead")[0]
