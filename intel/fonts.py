"""A font for pictures with Chinese text, out of what is installed."""

from __future__ import annotations

from intel.refusal import Refusal

# Fonts with Chinese glyphs by the names matplotlib knows them by, best known first.
CHINESE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC", "Heiti SC",
    "Noto Serif CJK SC", "Noto Serif CJK JP", "AR PL UMing CN", "Droid Sans Fallback", "Arial Unicode MS",
)  # fmt: skip


class NoChineseFont(Refusal, RuntimeError):
    """No font with Chinese glyphs is installed; the message says what to install."""


def chinese_font() -> str:
    """The name of an installed font with Chinese glyphs. Raises NoChineseFont."""
    from matplotlib.font_manager import fontManager  # a second to import, and few commands need it

    installed = {font.name for font in fontManager.ttflist}
    for name in CHINESE_FONTS:
        if name in installed:
            return name
    raise NoChineseFont("no font with Chinese glyphs is installed; on Debian: apt install fonts-noto-cjk")
