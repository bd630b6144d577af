"""The class and id of a block in, whether it surrounds the article or holds answers to it out."""

from __future__ import annotations

import re
from functools import lru_cache

# What pages call the parts around an article. Whole words of class and id, English and pinyin.
_SURROUNDINGS = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|footer|foot|copyright|sidebar|side|aside|breadcrumbs?|crumbs?|share|"
    r"sharebar|sharing|bdsharebuttonbox|social|related?|relative|recommend(?:ed|ation)?|hot|rank|ranking|pager|"
    r"pagination|page-?nav|toolbar|login|register|search|subscribe|newsletter|promo|sponsor|advert|advertisement|"
    r"ads?|qrcode|ewm|tuijian|xiangguan|fenxiang|disclaimer|statement|popup|modal|cookie|tags?|taglist|next|prev|"
    r"prev-?next|sign|signature|postprofile|userinfo|user-info|poster-?info|avatar)(?:$|[\s_-]|list|box|bar|area)",
    re.I,
)
# What they call the readers' answers, which can be longer than the article.
_ANSWERS = re.compile(
    r"(?:^|[\s_-])(?:post)?(?:comment|pinglun|repl(?:y|ies)|feedback|discuss|respond)", re.I
)
# What they call the words under a picture, and a sentence of the text that is shown twice.
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:(?:img|image|photo|pic|picture|figure|fig)[_-]?(?:desc|description|note|intro|text|title|info|alt)|"
    r"(?:wp-)?caption(?:-text)?|pull-?quote)(?:$|[\s_-])",
    re.I,
)


@lru_cache(maxsize=4096)
def beside(label: str) -> bool:
    """Whether a block's class and id say that it is a caption, or says again what the text says."""
    return bool(_BESIDE.search(label))


@lru_cache(maxsize=4096)
def named(label: str) -> tuple[bool, bool]:
    """Whether a block's class and id say that it surrounds the article, and that it holds answers."""
    return bool(_SURROUNDINGS.search(label)), bool(_ANSWERS.search(label))
