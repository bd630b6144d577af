"""Calls to a Tryton server over JSON-RPC, in a session that is opened when it is needed."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from intel.crm.connector import Refused, TryLater
from intel.crm.wire import Wire

# Errors of Tryton after which the same call may go well.
_PASSING = frozenset({"ConcurrencyException", "TimeoutException", "TimeOutException", "RateLimitException"})


@dataclass
class Calls:
    """One user of one database."""

    wire: Wire
    address: str
    user: str
    password: SecretStr
    _session: str = field(default="", repr=False)
    _context: dict[str, Any] = field(default_factory=dict)

    def call(self, method: str, *params: Any) -> Any:
        """What a method gives back, in the user's own context. Raises TryLater or Refused."""
        if self._session:
            try:
                return self._asked(method, [*params, self._context])
            except TryLater as error:
                if "401" not in str(error):
                    raise
        self._log_in()
        return self._asked(method, [*params, self._context])

    def _log_in(self) -> None:
        self._session = ""
        secret = {"password": self.password.get_secret_value()}
        said = self._asked("common.db.login", [self.user, secret])
        if not isinstance(said, list) or len(said) < 2:
            raise TryLater("tryton: no session")
        told = f"{self.user}:{said[0]}:{said[1]}"
        self._session = base64.b64encode(told.encode()).decode()
        found = self._asked("model.res.user.get_preferences", [True, {}])
        self._context = found if isinstance(found, dict) else {}

    def _asked(self, method: str, params: list[Any]) -> Any:
        headers = {"Content-Type": "application/json"}
        if self._session:
            headers["Authorization"] = f"Session {self._session}"
        body = json.dumps({"id": 1, "method": method, "params": params})
        answer = self.wire.post(self.address, body.encode(), headers)
        try:
            said = json.loads(answer.body)
        except ValueError:
            raise TryLater("tryton: the answer is no JSON") from None
        error = said.get("error") if isinstance(said, dict) else None
        if error:
            # Not the words behind the name: they may repeat what was sent.
            name = str(error[0]) if isinstance(error, list) else ""
            name = name if name.isidentifier() else "error"
            raise TryLater(f"tryton: {name}") if name in _PASSING else Refused(f"tryton: {name} at {method}")
        return said["result"] if isinstance(said, dict) and "result" in said else said
