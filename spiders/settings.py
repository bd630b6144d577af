"""Who we are and how gently we knock: the settings of every crawl."""

from __future__ import annotations

from importlib.metadata import version

BOT_NAME = "courier-intel"
SPIDER_MODULES: list[str] = []


def user_agent(contact: str) -> str:
    """How we introduce ourselves; `contact` is where a site's owner can write to."""
    who = f"{BOT_NAME}/{version(BOT_NAME)}"
    return f"{who} (+{contact})" if contact else who


USER_AGENT = user_agent("")
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

# Where requests may go: http(s) only, public addresses only, no proxy that could be told otherwise.
TWISTED_DNS_RESOLVER = "spiders.guard.GuardedResolver"
DOWNLOAD_HANDLERS = {
    "http": "spiders.handler.PoliteHandler",
    "https": "spiders.handler.PoliteHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True

# How gently: the gate in the handler spaces requests, across spiders, so Scrapy's own delay is off.
ROBOTSTXT_USER_AGENT = BOT_NAME
CONCURRENT_REQUESTS = 1
DOWNLOAD_DELAY = 0
# All of Scrapy's own, since it loads even those that are switched off. Not here: its robots.txt, which crawls
# on when that answers 503; cookies; proxies; what a page refreshes itself to.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
DOWNLOADER_MIDDLEWARES = {
    "spiders.robots.RobotsMiddleware": 100,
    "spiders.retry_after.RetryAfterMiddleware": 560,
    "spiders.rendering.RenderingMiddleware": 540,
}
RETRY_TIMES = 1
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408, 429]

# How much: of bytes (on the wire and unpacked), of seconds, of hops.
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 20
REDIRECT_MAX_TIMES = 5
REFERER_ENABLED = True
REFERRER_POLICY = "no-referrer"

# Spiders see every status, and know every address they asked for: nothing is dropped unseen.
HTTPERROR_ALLOW_ALL = True
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
ITEM_PIPELINES = {"pipelines.item.PageKeeper": 100}

# Scrapy opens no port of its own and keeps quiet: of its extensions none is loaded.
EXTENSIONS_BASE: dict[str, int] = {}
STATS_DUMP = False
LOG_FORMATTER = "spiders.reasons.QuietErrors"
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the account of the run says so
