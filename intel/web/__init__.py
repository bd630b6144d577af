"""The web pages: what analysts and account developers work in, rendered here, readable without JavaScript."""

from intel.web.pages import router

__all__ = ["router"]
