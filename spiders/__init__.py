"""Fetch: Scrapy spiders and HTTP only; what they yield is a Page."""
