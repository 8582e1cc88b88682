"""Damage texts a little, which finds the edges of a grammar sooner than random texts do."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from ringback_contracts.addresses import AddressError

_TROUBLE = "sip:tel@;?&=%#+-_.[](){}<>\"'`~,/\\|^!*$ \t\n\x00019aAfFgGzZ\u0663\uff19\xe9\u200b\ud800"


@st.composite
def edited(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text with up to three characters taken out, put in or replaced."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        taken = draw(st.integers(0, 1))
        text = text[:at] + draw(st.sampled_from(["", *_TROUBLE])) + text[at + taken :]
    return text


def refusal(read: Callable[[str], object], text: str) -> AddressError | None:
    """Why the parser refuses the text; none if it takes it. Anything else it raises fails the test."""
    try:
        read(text)
    except AddressError as error:
        return error
    return None
