"""The REST API: every answer of `intel.query`, every act of the commands, for whoever may."""

from intel.api.access import Principal, csrf_token, require
from intel.api.app import create_app

__all__ = ["Principal", "create_app", "csrf_token", "require"]
