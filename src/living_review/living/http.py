"""Ask a service of the web politely: an identified agent, a pace, back-off that honours Retry-After.

All requests of the search go through :class:`Client`. What it raises can be shown to a user: an error
names the service and what it said, never an address with its parameters, for these may hold a key.
"""

from __future__ import annotations

import datetime
import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import stamina

T = TypeVar("T")

# Statuses that pass: too many requests, or an error of the server that may be gone in a moment.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

WITHOUT_NETWORK = 3  # tries before a service that was never reached is given up


class FetchError(Exception):
    """A service could not be asked; the message says which one and what it said."""


class NoNetworkError(FetchError):
    """The service was never reached: there is no network, or no way to this host."""


class RefusedError(FetchError):
    """The service answered that the request itself is wrong (status 4xx): asking again is no use."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ExhaustedError(FetchError):
    """The service says to come back later than anybody would wait for."""


class UnreadableError(FetchError):
    """The service gave an answer each time, and never one that could be read."""


class BadBodyError(Exception):
    """A complete answer that is not what was asked for: raised by the code that reads it."""


class _PassingError(Exception):
    """Something that may pass; ``wait`` holds the seconds that the service asks for, if it does."""

    def __init__(
        self, said: str, wait: float | None = None, *, reached: bool = True, body: bool = False
    ) -> None:
        super().__init__(said)
        self.wait = wait
        self.reached = reached
        self.body = body


@dataclass(frozen=True)
class Patience:
    """How often and how long to wait.

    Attributes
    ----------
    attempts : int
        Tries in all of one request.
    first, longest : float
        Seconds before the second try and at most before a later one; they double in between.
    give_up : float
        A Retry-After of more seconds than this ends the run instead of being waited for.
    timeout : float
        Seconds for one answer.
    pace : float
        Factor on the time between two requests to one service; 0 in tests.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 60.0
    give_up: float = 120.0
    timeout: float = 60.0
    pace: float = 1.0


@dataclass
class Client:
    """Send requests to one service.

    Parameters
    ----------
    name : str
        Of the service, for messages: ``"PubMed"``.
    base : str
        Where it answers, without a slash at the end.
    agent : str
        What the requests say of themselves in ``User-Agent``.
    interval : float
        Seconds between two requests that the service allows.
    common : dict, optional
        Parameters that every request carries (tool, e-mail, key).
    patience : Patience, optional
    """

    name: str
    base: str
    agent: str
    interval: float
    common: dict[str, str] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        # The default hook logs the exception of each retry; a run says itself what went wrong.
        stamina.instrumentation.set_on_retry_hooks([])
        self._http = httpx.Client(headers={"User-Agent": self.agent}, timeout=self.patience.timeout)
        self._reached = False
        self._unreached = 0  # tries that reached nobody, before anybody was
        self._next = 0.0

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        path: str,
        parameters: dict[str, str],
        read: Callable[[bytes], T],
        *,
        post: bool = False,
    ) -> T:
        """Send a request until its answer can be read.

        Parameters
        ----------
        path : str
            Below the base.
        parameters : dict
            Of the query; of the body if ``post``.
        read : callable
            Turns the bytes of the answer into what is wanted; raises :class:`BadBodyError` for an
            answer that is none (an error page, XML that is cut), which is then asked for again.
        post : bool, optional
            For requests too long for an address.

        Returns
        -------
        T
            What ``read`` returned.

        Raises
        ------
        NoNetworkError
            If the service was not reached once.
        RefusedError
            For a status 4xx that asking again does not change.
        ExhaustedError
            If the service asks to wait longer than ``patience.give_up``.
        UnreadableError
            If all tries brought an answer that ``read`` does not take.
        FetchError
            If all tries failed.
        """
        patience = self.patience
        try:
            for attempt in stamina.retry_context(
                on=self._backoff,
                attempts=patience.attempts,
                timeout=None,
                wait_initial=patience.first,
                wait_max=patience.longest,
                wait_jitter=patience.first / 4,
            ):
                with attempt:
                    return self._once(path, parameters, read, post)
        except _PassingError as error:
            if not error.reached and not self._reached:
                raise NoNetworkError(f"{self.name} cannot be reached ({error})") from None
            kind = UnreadableError if error.body else FetchError
            raise kind(f"{self.name}: {error}, {patience.attempts} times") from None
        raise AssertionError("stamina tries at least once")  # pragma: no cover

    def _once(self, path: str, parameters: dict[str, str], read: Callable[[bytes], T], post: bool) -> T:
        self._throttle()
        everything = {**self.common, **parameters}
        try:
            if post:
                answer = self._http.post(f"{self.base}/{path}", data=everything)
            else:
                answer = self._http.get(f"{self.base}/{path}", params=everything)
        except httpx.TransportError as error:
            # Not from `error`: what httpx raises can hold the whole address.
            reached = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
            raise _PassingError(_plain(error), reached=reached) from None
        self._reached = True
        if answer.status_code in PASSING:
            self._pass(answer)
        if not answer.is_success:
            raise RefusedError(f"{self.name}: status {answer.status_code}", answer.status_code)
        try:
            return read(answer.content)
        except BadBodyError as error:
            raise _PassingError(str(error), body=True) from None

    def _pass(self, answer: httpx.Response) -> None:
        wait = seconds_until(answer.headers.get("Retry-After"))
        if wait is not None and wait > self.patience.give_up:
            raise ExhaustedError(
                f"{self.name}: status {answer.status_code}, nothing more for {_duration(wait)}"
            )
        raise _PassingError(f"status {answer.status_code}", wait)

    def _throttle(self) -> None:
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + self.interval * self.patience.pace

    def _backoff(self, error: Exception) -> bool | float:
        if not isinstance(error, _PassingError):
            return False
        if not error.reached and not self._reached:
            self._unreached += 1
            return self._unreached < WITHOUT_NETWORK
        return True if error.wait is None else error.wait


def seconds_until(retry_after: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for; None if it has none that can be read.

    The header holds seconds or a date (RFC 9110, 10.2.3).
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isdigit():
        return float(text)
    try:
        then = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=datetime.UTC)
    return max(0.0, (then - datetime.datetime.now(datetime.UTC)).total_seconds())


def _plain(error: httpx.TransportError) -> str:
    kinds = {
        httpx.ConnectError: "no connection",
        httpx.ConnectTimeout: "no connection in time",
        httpx.TimeoutException: "no answer in time",
        httpx.RemoteProtocolError: "the answer was cut off",
        httpx.ReadError: "the connection was cut",
    }
    return next((said for kind, said in kinds.items() if isinstance(error, kind)), "no answer")


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"
