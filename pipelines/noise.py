"""A line of a page in, what of it can change for a reason out: clocks, counters and session ids left out.

A page that is watched is different at every visit. What says nothing about its owner is either a whole
line (then its `key` is empty) or a part of one (then the key does without it). Two lines with the same key
say the same.
"""

from __future__ import annotations

import re

from pipelines.furniture import furniture
from pipelines.text import fold

# All forms are read in folded text: simplified characters, half width, lower case.
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = (
    r"(?:(?:(?:19|20)\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
    r"|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
    rf"|(?:{_MONTH}\s?\d{{1,2}}|\d{{1,2}}\s?{_MONTH})(?:,?\s(?:19|20)\d\d)?)"
)
# 09:00:00-18:00 is a span: west of Greenwich a zone needs its name.
_ZONE = (
    r"(?:\s?\+\d{2}:?\d{2}|\s?(?:z|cst|(?:gmt|utc)(?:[+-]\d{2}:?\d{2})?)(?![a-z])(?:\s?\([^()]{1,20}\))?)?"
)
_SECONDS = rf"\s?[:分]\s?\d{{1,2}}(?:\.\d{{1,9}})?秒?{_ZONE}"
_TIME = rf"(?:[上下]午|凌晨|[ap]m)?\s?\d{{1,2}}\s?[:时点]\s?\d{{1,2}}(?:{_SECONDS}|分)?\s?(?:[ap]m)?"
_WEEKDAY = r"(?:星期|周)[一二三四五六日天]|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SHORT_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)"
_DATE = rf"(?:(?:{_WEEKDAY}|{_SHORT_WEEKDAY}),?\s)?{_DAY}(?:\s{{0,3}}[,(]?(?:{_WEEKDAY})\)?)?"
_MOMENT = rf"(?:{_DATE}(?:[\s,]{{0,3}}t?\s{{0,3}}{_TIME})?|{_TIME})"
_NOW = (
    r"(?:(?:最[后近新]|本页|页面|数据|上次)?(?:更新|刷新|同步|修改|校对|编辑)(?:时间|日期|于|至)?|"
    r"(?:当前|现在|系统|北京|服务器|本地|登录|查询|生成|打印)(?:时间|日期)|(?:本页|页面)?生成于|今天(?:是|为)?|今日(?:是|为)?|"
    r"(?:数据)?截[至止](?:目前|今日|今天)?|(?:last |page )?(?:updated|modified|generated)(?: on| at)?|as of|"
    r"(?:current|server|local) (?:date|time)|today(?: is)?)"
)
_COUNTED = (
    r"(?:阅读|浏览|点击|访问|访客|来访|查看|播放|下载|安装|点赞|赞|评论|收藏|转发|分享|回复|关注|粉丝|人气|热度|围观|在线|签到|"
    r"[pu]v|page ?views?|views?|visitors?|visits?|hits?|reads?|likes?|comments?|shares?|downloads?|"
    r"followers?|online)"
)
_NUMBER = r"\d[\d,]{0,15}(?:\.\d{1,3})?\s?[万亿wk]?\+?"
_UNIT = r"(?:天|日|时|小时|分钟?|秒)"
_COLON = r"\s{0,3}[:(\[|]?\s{0,3}"
# A counter stands by itself; 提供3次查看服务 and 2小时前揽收 are promises.
_LEFT, _RIGHT = r"(?<![^\s|,。;:()\[\]·/-])", r"(?![^\s|,。;:()\[\]·/-])"

_PARTS = tuple(
    re.compile(form)
    for form in (
        # a stated moment of the page itself, not of what it offers
        rf"{_NOW}{_COLON}{_MOMENT}\)?(?:\s{{0,2}}(?:{_WEEKDAY}))?",
        rf"{_LEFT}{_MOMENT}\s{{0,2}}(?:更新|刷新|(?:last )?updated){_RIGHT}",
        r"(?<![\d:])\d{1,2}:\d{2}:\d{2}(?:\.\d{1,6})?",
        rf"{_LEFT}(?:\d{{1,4}}\s?(?:秒钟?|分钟?|小时|天|个?月)[之以]?前(?:更新|发布)?|刚刚(?:更新)?){_RIGHT}",
        rf"{_LEFT}\d{{1,4}} (?:second|minute|hour|day)s? ago{_RIGHT}",
        rf"(?:还有|还剩|剩余|倒计时|距)[^,。;]{{0,20}}\d{{1,4}}\s?{_UNIT}(?:\s{{0,2}}\d{{1,4}}\s?{_UNIT}){{0,3}}",
        rf"{_LEFT}(?:{_WEEKDAY}|农历\S{{2,12}}){_RIGHT}",
        rf"(?:本站|网站)已?(?:安全|稳定|正常|持续)?运行\s?(?:\d{{1,6}}\s?{_UNIT}\s?){{1,4}}",
        # counters of visitors and of what they did
        rf"{_LEFT}(?:当前|总|累计|本页|今日|页面)?{_COUNTED}(?:总?人?[次数量]{{1,2}}|总量|总数)?{_COLON}{_NUMBER}"
        rf"\s?(?:人次|[人次位个条篇])?\)?{_RIGHT}",
        rf"(?:(?:您是)?第|已有|共有?|累计|{_LEFT})\s{{0,2}}{_NUMBER}\s{{0,2}}(?:人次|[人次位个条名]|times)?\s{{0,2}}(?:用户|网友)?"
        rf"(?:正在|已经|已)?\s{{0,2}}{_COUNTED}(?:者|客|过)?{_RIGHT}",
        # what identifies the visit
        r"(?:会话|请求|流水|追踪|跟踪|日志|事件)(?:号|编号|标识|id)[:#\s]{0,3}[\w-]{4,64}",
        r"(?:request|trace|session|event|log|ray|csrf|token)[ _-]?(?:id|token|no)?"
        r"\s{0,2}[:=#]\s{0,2}[\w-]{4,80}",
        r"(?<!\w)(?=[a-z]{0,40}\d)(?=\d{0,40}[a-z])[a-z\d_-]{16,128}(?!\w)",
        r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])",
        r"页面(?:执行|加载|处理|生成|响应)(?:时间|耗时|用时)[:\s]{0,3}\d[\d.]{0,10}\s?(?:ms|毫秒|秒|s\b)",
        r"(?:processed|generated|rendered) in \d[\d.]{0,10}\s?(?:ms|s|seconds?)\b",
    )
)
# Lines that are noise as a whole. They are short; a long line says something beside.
_WHOLE = tuple(
    re.compile(form)
    for form in (
        r"(?:晴|多云|阴|[小中大阵雷]雨|[小中大]雪|雾|霾).{0,30}[℃°]|[℃°].{0,30}(?:晴|多云|阴|[小中大阵雷]雨|[小中大]雪|霾)",
        r"股价|涨跌[幅额]|最新价|昨收|今开|市盈率|换手率|成交[量额]",
        r"^\W{0,3}(?:广告|推广|赞助|advertisement|sponsored|ad)\W{0,3}$|^\W{0,3}(?:广告|推广|赞助内容|sponsored)\s{0,2}[|:·]|"
        r"[|·]\s{0,2}(?:广告|推广|sponsored)\W{0,3}$",
        r"^\W{0,3}(?:您好|你好|欢迎您?|hi|hello|welcome).{0,30}(?:游客|访客|登录|注册|guest|sign in|log ?in)",
        r"^\W{0,3}(?:验证码|captcha)",
        r"^\W{0,3}(?:早上|上午|中午|下午|晚上)好\W{0,3}$",
    )
)
_BARE = re.compile(rf"\W{{0,5}}{_MOMENT}\W{{0,5}}")
_SHORT = 60
_GONE = " "
# Dress of a line; figures keep their point, sign and unit, cells their border.
_DRESS = re.compile(r"[^\w.+%|$¥€£~-]|(?<!\d)[.~]|[.~-](?!\d)")
_SAYS = re.compile(r"[^\W\d_]|\d")
# What is left of a line once its clock is gone: the labels around it.
_LABELS = re.compile(
    r"(?:时间|日期|今天|今日|现在|当前|北京|更新|公历|农历|发布|来源|是|为|于|的|次|人|位|您|本站|本页|总|共){0,8}"
)


def key(line: str) -> str:
    """What a line says, to compare by; "" for a line that is nothing but noise."""
    folded = fold(line)
    if furniture(line) or (len(folded) <= _SHORT and any(form.search(folded) for form in _WHOLE)):
        return ""
    kept = folded
    for form in _PARTS:
        kept = form.sub(_GONE, kept)
    said = _DRESS.sub("", kept)
    if kept != folded and (_LABELS.fullmatch(said) or not _SAYS.search(said)):
        return ""
    return "" if _BARE.fullmatch(folded) or not _SAYS.search(said) else said
