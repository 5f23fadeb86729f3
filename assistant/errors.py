"""Every error a user may meet, each one sentence that says what is wrong and the way out.

    AssistantError
    ├── BadQuestion        the question can't be asked as it stands
    ├── UnreadableFile     a file can't be turned into text
    ├── LibraryError       the library folder can't be used
    │   ├── LibraryBusy    another process is writing to it
    │   └── LibraryDamaged the database fails its own checks
    ├── EncoderError       an encoder can't be loaded or does not fit
    ├── EvaluationError    a judged set can't be read
    ├── AddressUnavailable the page can't listen where it was told to
    └── NotVerbatim        a span does not slice to the text it claims: our mistake, never the user's

Messages are Chinese, because users read them; `cli` and `web` print `str(error)` and nothing else.
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of all errors that are shown to a user as one sentence."""


class BadQuestion(AssistantError):
    """The question is empty, too long, or holds nothing that can be looked up."""


class UnreadableFile(AssistantError):
    """A file is missing, forbidden, empty, binary, or in no encoding we know."""


class LibraryError(AssistantError):
    """The library folder can't be opened, read or written."""


class LibraryBusy(LibraryError):
    """Another process holds the library's write lock."""


class LibraryDamaged(LibraryError):
    """The library's database is not what was written."""


class EncoderError(AssistantError):
    """An encoder can't be loaded, or its vectors don't fit."""


class EvaluationError(AssistantError):
    """A file of judged questions is missing or not in the format it should be in."""


class AddressUnavailable(AssistantError):
    """The page's port is taken or forbidden, or the host is not an address of this machine."""


class NotVerbatim(AssistantError):
    """A text that was about to be shown does not stand in its document."""
