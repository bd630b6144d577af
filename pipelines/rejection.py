"""What a page is that holds no article: an error, a wall, an index, or nothing to read.

In: the layout, the body found in it and the page's title. Out: nothing, or `NotAnArticle`. Only thin
pages are suspected: a long text that mentions captchas or 404 is a text about them.
"""

from __future__ import annotations

import re

from intel.model import NotAnArticle
from pipelines.body import Body
from pipelines.layout import Layout
from pipelines.thread import entries
from pipelines.weighing import prose, teaser

_WALL = re.compile(
    r"安全验证|人机验证|滑[动块].{0,8}验证|完成.{0,6}验证|输入.{0,6}验证码|访问(?:过于|太)频繁|异常(?:访问|流量)|"
    r"请.{0,4}登录后(?:查看|阅读|继续|访问)|(?:使用|接受|同意).{0,12}cookies?|启用\s?javascript|"
    r"captcha|are you (?:a )?(?:robot|human)|verify (?:that )?you are (?:a )?human|unusual traffic|"
    r"just a moment|checking your browser|we value your privacy|before you continue|"
    r"accept (?:all )?(?:the )?cookies|enable (?:javascript|cookies)|"
    r"(?:log|sign) ?in to (?:continue|read|view)",
    re.I,
)
_ERROR = re.compile(
    r"(?:^|error|错误|http(?:/\d\.\d)?|status|code)\W{0,3}(?:404|403|410|50[0234])(?=\W{0,3}$|\W{1,3}(?:错误|error|页面))|"
    r"(?:页面|网页|文章|内容|资源|信息|帖子|商品).{0,10}"
    r"(?:不存在|找不到|未找到|已(?:被)?删除|已下线|无法(?:访问|显示|找到)|失效|飞走了|走丢了)|"
    r"(?:找不到|无法找到|没有找到).{0,12}(?:页面|网页|内容|文章)|服务器(?:内部)?错误|系统(?:繁忙|错误|维护)|"
    r"page (?:not|can(?:'|no)t be) found|not found|no longer (?:exists|available)|bad gateway|access denied|"
    r"forbidden|service unavailable|internal server error|something went wrong",
    re.I | re.M,
)
_IN_PLACE = (("consent_wall", _WALL), ("error_page", _ERROR))
# Characters of body; a page that says more than this is not merely an error or a wall.
_THIN = 400
# A news flash of one sentence is an article; a label is not.
_SHORTEST = 16
_MANY_LINKS, _FEW_LINKS = 12, 5
_PARAGRAPH = 45
# Paragraphs of so much are a story even where no headline is marked as one.
_STORY = 150
_HEADLINE = 6
_ROWS = 3
_NEAR = 6
_DAY = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}(?!\d)")
_STOP = re.compile(r"[。！？.!?][”’」』\"')）]{0,3}$")


def reject(page: Layout, found: Body, title: str) -> None:
    """Raise NotAnArticle with consent_wall, error_page, index_page or no_text; return for an article."""
    size = sum(page.lines[place].size for place in found.places)
    shown = "\n".join((title, *(line.text for line in page.lines[:40])))[:3000]
    everything = sum(line.size for line in page.lines)
    if size < _THIN and everything < 4 * _THIN:
        for reason, form in _IN_PLACE:
            if match := form.search(shown):
                raise NotAnArticle(reason, match.group())
    if _index(page, found):
        raise NotAnArticle(
            "index_page", f"{sum(map(teaser, page.lines))} link lines, {size} characters of text"
        )
    if size < _SHORTEST or not any(prose(page.lines[place]) for place in found.places):
        raise NotAnArticle("no_text", f"{size} characters in {len(page.lines)} lines")


def doubtful(text: str) -> bool:
    """Whether a short text may be a wall or an error in place of an article; the page around it must tell."""
    return len(text) < _THIN and any(form.search(text) for _, form in _IN_PLACE)


def _index(page: Layout, found: Body) -> bool:
    """Whether links outweigh what is to be read: many of them, and neither a paragraph nor a told flash."""
    if _summaries(page, found):
        return True
    lines = [page.lines[place] for place in found.places]
    if sum(line.size for line in lines if line.size >= _PARAGRAPH) >= _STORY:
        return False
    if sum(line.row for line in lines) >= _ROWS or any(_told(page, place) for place in found.places):
        return False
    return sum(map(teaser, page.lines)) >= max(_MANY_LINKS, 2 * len(lines) + 1)


def _told(page: Layout, place: int) -> bool:
    """Whether a line is a sentence under a headline or a date."""
    line = page.lines[place]
    if not prose(line):
        return False
    above = page.lines[max(0, place - _NEAR) : place]
    headed = any(
        not each.linked and ((each.heading and each.size >= _HEADLINE) or _DAY.search(each.text))
        for each in above
    )
    return headed and (line.size >= _PARAGRAPH or bool(_STOP.search(line.text)))


def _summaries(page: Layout, found: Body) -> bool:
    """Whether the page is a list of linked titles with a text under each, and the body is made of these."""
    if sum(line.linked > 0 for line in page.lines) < _FEW_LINKS:
        return False
    listed = {place for block in entries(page) for place in range(block.start, block.end)}
    inside = sum(page.lines[place].size for place in found.places if place in listed)
    size = sum(page.lines[place].size for place in found.places)
    return bool(listed) and (2 * inside > size or size < _STORY)
