"""Work: pure steps from a Page to Findings; no Scrapy and no SQL."""
