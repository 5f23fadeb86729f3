"""指引 Zhiyin: answers questions with verbatim, cited excerpts of the user's own documents."""

__version__ = "0.1.0"
