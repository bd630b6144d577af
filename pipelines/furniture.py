"""A line of a page in, whether it belongs to the page rather than to the article out.

Three places differ: what is furniture wherever it stands (share bars, counters), what stands between
headline and story (time, credit), and what follows a story (disclaimers, calls to an app). The forms are
words that sites share, never a site's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# Three forms of the same question, since the first is much faster where every word starts with a letter.
_WORDS = re.compile(
    r"版权所有|版权声明|免责声明|公网安备|许可证号?[:：]|违法和不良信息|分享到|扫一扫|扫码|"
    r"微信公众号.{0,8}关注|"
    r"打印本[页文]|"
    r"关闭窗口|返回(?:页首|顶部|首页|列表)|加入收藏|发表评论|我要评论|我来说两句|查看评论|网友评论|点击(?:查看|阅读)更多|"
    r"字体[:：]|字号[:：]|【\s?字体|大\s?中\s?小|相关(?:新闻|阅读|报道|链接|文章|推荐|专题|搜索)|"
    r"推荐阅读|延伸阅读|举报|"
    r"只看(?:该作者|楼主)|"
    r"您?需要登录后才可以|扫描.{0,10}二维码|长按.{0,10}二维码|识别.{0,10}二维码|"
    r"以上内容对您是否有帮助|"
    r"(?:图片|照片)(?:来源|由|:|：)|图源\s?[:：]|展开(?:剩余|全文)|复制链接"
)
_STARTS = re.compile(
    r"上一[篇页条]|下一[篇页条]|<<|>>|\W{0,3}(?:责任?编辑|责编|编辑\s?[:：]|顶一下)|"
    r"\W{0,3}(?:广告|advertisements?|sponsored)\W{0,3}$|"
    r"(?:点赞|收藏|转发|评论|打印|关闭|分享|阅读全文|更多|展开全文)\W{0,9}$|"
    r"[▲△▼▽]|"  # what a picture above or below shows
    r"share (?:this|on)|(?:log in|sign in) or ",
    re.I,
)
_LATIN = re.compile(
    r"copyright|all rights reserved|ICP备|sign up|subscribe|read more|"
    r"your email address will not be published|"
    r"related (?:articles|stories)|cookies?\b.{0,40}(?:accept|policy)",
    re.I,
)
_ASCII_WORD = re.compile(r"[A-Za-z]{3}")
_LINE_LIMIT = 80
_SIMPLE = str.maketrans(
    "責編輯發佈關閱讀瀏覽點擊評論轉載聲權來時間圖報導記標題經獲處訂專連結請錄後將風險號違舉備舉欄體長識別維碼掃開啟贊",
    "责编辑发布关阅读浏览点击评论转载声权来时间图报导记标题经获处订专连结请录后将风险号违举备举栏体长识别维码扫开启赞",
)
# A line of nothing but what readers can click and how often they did: 阅读 12.4万 分享 收藏.
_CLICKED = re.compile(
    r"(?:阅读|浏览|查看|点击|播放|评论|回复|分享|收藏|点赞|赞同?|在看|举报|打印|关注|转发|热度|人气|喜欢|反馈|支持|反对|次数|"
    r"关闭|推荐|踩|顶|写回答|跟贴|参与|"
    r"views?|shares?|likes?|comments?|repl(?:y|ies)|save|print|e-?mail|tweet|follow|listen|"
    r"[\d.,:：()（）|/·\-\s万亿条次人个]){1,60}",
    re.I,
)
_LETTER = re.compile(r"[^\W\d_]")

_CREDIT = re.compile(
    r"^\W{0,3}(?:文章|信息|稿件|新闻|内容|原文|图片)?(?:来\s{0,4}源|作\s{0,4}者|原标题|发布时间|发布日期|发表时间|"
    r"发表于|发布于|编辑于|时间|日期|编辑|校对|审核|监制|文|"
    r"公告编号|发布(?:人|机构|单位|部门)|索\s?引\s?号|文\s?号|主题分类|浏览次数|供稿|录入)\s{0,3}[:：]|"
    r"^\W{0,3}(?:发表于|发布于|编辑于|posted (?:on|at)|trackback)|"
    r"(?:阅读|浏览|点击|评论|查看|回复)(?:次数|量|数)?\s{0,2}[:：(（]\s{0,2}\d|"
    r"^[（(\s]{0,3}(?:本[报刊网]|特约)?(?:记者|通讯员|实习生)[\s:：]{1,3}[^。，；！？]{2,30}[）)]?$",
    re.I,
)
_CAPTION_LIMIT = 70
_TAKEN = re.compile(
    r"(?:^|[。！？；\s（(/／|｜])(?:(?:本[报報网網刊]|通[讯訊][员員]|[记記]者|图|圖)[\s：:]{0,2}){0,3}"
    r"[\u4e00-\u9fff·、 ]{2,12}\s{0,2}[摄攝][影]?[）)]?\W?$"
)
_CREDIT_LIMIT = 60

# What a time line consists of besides the names it may hold.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = re.compile(
    r"(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d|"
    rf"\b{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}\.?,?\s(?:19|20)\d\d|"
    r"\d{1,2}月\d{1,2}日\s{0,2}\d{1,2}:\d\d|"
    r"(?:\d{1,3}\s?(?:分钟|小时|天|周|个月)|刚刚|昨天|前天)[之以]?前?(?=$|\s|\W)|"
    r"\b(?:\d{1,3}|an?)\s(?:minute|hour|day|week|month|year)s?\sago\b|\b\d{1,3}\s?min(?:ute)?s?\sread\b)",
    re.I,
)
_DRESS = re.compile(
    r"https?://\S{1,200}|\d{1,2}:\d\d(?::\d\d)?|\b[ap]\.?m\b\.?|\b(?:GMT|UTC|EST|EDT|PST|PDT|BST|CET|CST)\b|"
    r"(?:星期|周|礼拜)[一二三四五六日天]|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b|"
    r"\b(?:published|updated|posted|last|submitted|written|created|on|at|by|share|save|date|staff|writer|reporter|"
    r"editor|correspondent|comments?|min(?:ute)?s?|read|edited)\b|"
    r"发布|更新|时间|日期|来源|作者|出处|编辑|阅读|浏览|点击|字号|发表于|评论|[大中小]\s[大中小]\s[大中小]|\W|\d",
    re.I,
)
# Letters that a line of time and credit may hold beside them: two names and an outlet.
_NAMES = 36
_SENTENCE = re.compile(r"[。！？!?；;]|\.\s{0,2}$")
_BY = re.compile(
    r"^(?:(?:written|reported|story|words|posted) )?by:?\s{1,2}"
    r"[A-Z][\w.'’-]{0,20}(?: [\w.'’,&|/-]{1,24}){0,12}$",
    re.I,
)

_NOTICE = (
    r"特别声明|郑重声明|免责声明|免责条款|版权声明|风险提示|风险警示|风险揭示|法律声明|重要声明|声明|"
    r"转载声明|版权说明|免责说明"
)
# From such a line on, what follows a story is not the story's.
_CLOSING = re.compile(
    rf"^\W{{0,4}}(?:[^\W\d_]{{1,10}})?(?:{_NOTICE})\W{{0,3}}(?:[:：]|\s|$)|"
    r"^\W{0,3}copyright\W{0,3}(?:\(c\)\W{0,3})?(?:19|20)\d\d|"
    r"^\W{0,3}(?:disclaimer|notice|legal notice)\s{0,2}:|"
    r"^\W{0,3}(?:引用本文|本文引用格式|关于作者|作者简介|关于我们|about the author)\W{0,3}(?:[:：]|$)|"
    # How press releases end: who the firm is, what it does not promise, whom to ask.
    r"^\W{0,3}(?:(?-i:About(?: (?:the|[A-Z][\w.&'’-]{0,30})){1,5})|forward[- ]looking statements?|"
    r"(?:media|press|investor) (?:contacts?|relations|inquir(?:y|ies))|"
    r"媒体(?:联系|联络|垂询|咨询)(?:人|方式)?)\W{0,3}$",
    re.I,
)
# A line that never ends a story: who may copy it, who answers for it, who wrote it.
_AFTER = re.compile(
    r"不(?:构成|作为).{0,12}(?:投资|决策)?(?:建议|依据)|(?:据此操作|投资有风险|入市需谨慎|风险自担)|"
    r"仅代表(?:作者|发言者)|不代表(?:本|我)|如有侵权|侵权.{0,8}删除|转载.{0,12}(?:注明|授权|联系)|"
    r"未经(?:授权|许可|书面).{0,20}(?:不得|禁止|严禁)|"
    r"(?:本文|文章|内容)(?:系|为|由).{0,30}(?:原创|转载|上传|授权发布)|仅提供信息存储|"
    r"^\W{0,3}(?:reporting|editing|writing|additional reporting)(?:, \w{1,20})? by\b|"
    r"^[A-Z][\w.'’-]{1,20} [A-Z][\w.'’ -]{1,30}\b.{0,20}"
    r"(?:\bcovers\b|is an? .{0,40}(?:reporter|correspondent|writer|editor|journalist|columnist)\b)|"
    r"(?:contact|follow|email|reach) (?:him|her|them|the (?:author|reporter))\b|can be reached at|"
    r"^SOURCE:? [A-Z][\w.,&'’ -]{1,80}$|views? expressed .{0,40}(?:author|own)|"
    r"this (?:article|story|post) (?:was (?:originally|first)|first appeared|originally appeared)",
    re.I,
)
_AFTER_LIMIT = 240
# A short line that asks readers to go elsewhere: to an app, an account, a newsletter.
_CALL = re.compile(
    r"(?:下载|打开|登录|前往|点击).{0,16}(?:APP|客户端|小程序)|尽在.{0,16}(?:APP|客户端)|"
    r"(?:关注|订阅).{0,16}(?:公众号|微信|我们|微博|视频号)|(?:长按|扫描|识别|扫).{0,10}(?:二维码|码)|阅读原文|查看更多|"
    r"^\W{0,3}(?:欢迎|长按|敬请)?(?:关注|订阅|投稿)\W|(?:点个|点击)(?:赞|在看|“在看)|"
    r"^\W{0,3}(?:温馨|友情)提[示醒]\W|newsletter|\bfollow us\b|download (?:our|the) .{0,20}app\b",
    re.I,
)
_CALL_LIMIT = 60
_SOURCE_LINE = re.compile(
    r"^\W{0,4}(?:文章|信息|稿件|图片|新闻|资料)?(?:来源|出处|供稿|供图|责任?编辑|责编|编辑|校对|审核|监制|编审|"
    r"值班编委)\s{0,3}[:：/|丨]"
)
_TAIL = 12
# More of a text than this is no appendix to it.
_SHARE = 0.5


# A site's pages share most of their lines.
@lru_cache(maxsize=8192)
def _furnishes(text: str) -> bool:
    plain = simple(text)
    if _WORDS.search(plain) or _STARTS.match(plain):
        return True
    return bool(_ASCII_WORD.search(plain) and _LATIN.search(plain)) or clicked(plain)


def furniture(text: str) -> bool:
    """Whether a line is the page's rather than the article's: share bars, editors, copyright, teasers."""
    return len(text) <= _LINE_LIMIT and _furnishes(text)


def simple(text: str) -> str:
    """The text with the traditional characters of labels written simplified, as the forms here are."""
    return text if text.isascii() else text.translate(_SIMPLE)


def clicked(text: str) -> bool:
    """Whether a line holds only buttons and counters."""
    return len(text) <= 60 and bool(_LETTER.search(text)) and bool(_CLICKED.fullmatch(text))


def caption(text: str) -> bool:
    """Whether a line is the words under a picture: it ends with who took it (某某 摄, （某某摄）)."""
    return len(text) <= _CAPTION_LIMIT and bool(_TAKEN.search(text))


def credit(text: str) -> bool:
    """Whether a line at an end of the body credits, dates or counts."""
    return len(text) <= _CREDIT_LIMIT and bool(_CREDIT.search(simple(text)))


def byline(text: str) -> bool:
    """Whether a line above a story is its time and credit: a date with names, or By and a name."""
    if len(text) > 2 * _CREDIT_LIMIT or _SENTENCE.search(text.rstrip(" .")):
        return False
    if _BY.match(text):
        return True
    if not (day := _DAY.search(text)):
        return False
    if len(_DRESS.sub("", text[: day.start()])) == 0 and len(text) <= _CREDIT_LIMIT * 4 // 3:
        return True
    return len(_DRESS.sub("", _DAY.sub("", text))) <= _NAMES


def appendix(lines: Sequence[str]) -> int:
    """How many of the lines, counted from the end, are appended to the story by those who publish it."""
    total = sum(map(len, lines))
    cut = len(lines)
    for number in range(len(lines) - 1, max(0, len(lines) - _TAIL), -1):
        if _CLOSING.search(lines[number][:40]) and sum(map(len, lines[number:])) < _SHARE * total:
            cut = number
    while cut > 1 and _appended(lines[cut - 1]):
        cut -= 1
    return len(lines) - cut


def _appended(line: str) -> bool:
    text = simple(line[: _AFTER_LIMIT + 1])
    if not _LETTER.search(text):
        return len(text) >= 6 and not any(character.isdigit() for character in text)
    if len(text) <= _CALL_LIMIT and _CALL.search(text):
        return True
    if len(text) <= _AFTER_LIMIT and _AFTER.search(text):
        return True
    return bool(_CLOSING.search(text[:40])) or (
        len(text) <= 2 * _CALL_LIMIT and bool(_SOURCE_LINE.search(text))
    )
