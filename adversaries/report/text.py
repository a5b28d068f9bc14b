"""Numbers and foreign text as a reader sees them, in HTML, Markdown and LaTeX.

Names and notes come from files: whatever they hold is shown as text. HTML is escaped by jinja2;
here are the other two.
"""

from __future__ import annotations

import re
from fractions import Fraction

_MATH = {
    "α": r"\(\alpha\)",
    "γ": r"\(\gamma\)",
    "λ": r"\(\lambda\)",
    "π": r"\(\pi\)",
    "Σ": r"\(\sum\)",
    "∀": r"\(\forall\)",
    "≤": r"\(\le\)",
    "≥": r"\(\ge\)",
    "≈": r"\(\approx\)",
    "×": r"\(\times\)",
    "·": r"\(\cdot\)",
    "→": r"\(\to\)",
    "−": r"\(-\)",
    "–": "--",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\dots{}",
    "\u2068": "",
    "\u2069": "",
}
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",
    "'": r"\char39{}",
    "`": r"\char96{}",
    "-": "{-}",
}
_LONG_WORD = 30  # characters after which a line of LaTeX may break within a word


def clean(text: str) -> str:
    """The text without what no encoder or page can show: lone surrogates, control characters.

    >>> clean("a" + chr(0) + "b" + chr(0xD800))
    'a\ufffdb\ufffd'
    """
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def shortened(text: str, most: int = 60) -> str:
    """The text on one line, with its end left out when it is long.

    >>> shortened("one  two", 5)
    'one t…'
    """
    line = " ".join(clean(text).split())
    return line if len(line) <= most else line[:most] + "…"


def name(text: str) -> str:
    """A foreign name in a sentence of ours: short, and unable to reorder what surrounds it.

    >>> name("svf"), name("a" + chr(0x202E) + "b")
    ('svf', '\u2068a\ufffdb\u2069')
    """
    line = re.sub("[\u202a-\u202e\u2066-\u2069]", "\ufffd", shortened(text))
    return line if line.isascii() else f"\u2068{line}\u2069"


def whole(value: int) -> str:
    """An integer with its thousands apart.

    >>> whole(12656395)
    '12,656,395'
    """
    return f"{value:,}"


def decimal(value: Fraction, places: int = 4) -> str:
    """A fraction cut to so many decimals, towards zero, with no float on the way.

    >>> decimal(Fraction(231, 41)), decimal(Fraction(5))
    ('5.6341', '5')
    """
    if value.denominator == 1:
        return whole(value.numerator)
    units = abs(value.numerator) * 10**places // value.denominator
    sign = "-" if value < 0 else ""
    return f"{sign}{units // 10**places:,}.{units % 10**places:0{places}}"


def number(value: Fraction) -> str:
    """A fraction, exact, and as a decimal when it is not whole.

    >>> number(Fraction(231, 41)), number(Fraction(1, 5)), number(Fraction(9315))
    ('231/41 ≈ 5.6341', '1/5 = 0.2', '9,315')
    """
    if value.denominator == 1:
        return whole(int(value))
    if (value * 10**4).denominator == 1:
        return f"{value} = {decimal(value).rstrip('0')}"
    return f"{value} ≈ {decimal(value)}"


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "request"), counted(1200, "request")
    ('1 request', '1,200 requests')
    """
    return f"{whole(count)} {noun}{'s' * (count != 1)}"


def span(low: int, high: int) -> str:
    """A range of integers; one number when its ends meet.

    >>> span(3, 3), span(0, 1500)
    ('3', '0–1,500')
    """
    return whole(low) if low == high else f"{whole(low)}–{whole(high)}"


def latex(value: object) -> str:
    r"""Any text as LaTeX that prints it; characters that pdflatex cannot set appear as U+XXXX.

    The symbols of our own sentences become mathematics.

    >>> latex("50% of α_1")
    '50\\% of \\(\\alpha\\)\\_1'
    """
    shown, unbroken = list[str](), 0
    for character in clean(str(value)):
        if character in _MATH:
            shown.append(_MATH[character])
        elif character in _LATEX:
            shown.append(_LATEX[character])
        elif character.isascii():
            shown.append(character)
        else:
            shown.append(f"[U+{ord(character):04X}]")
        unbroken = 0 if character.isspace() else unbroken + len(shown[-1])
        if unbroken > _LONG_WORD:
            shown.append(r"\allowbreak{}")
            unbroken = 0
    return "".join(shown)


def markdown(value: object) -> str:
    r"""Any text as Markdown that shows it, on one line.

    >>> markdown("a|b <script>")
    'a\\|b \\<script\\>'
    """
    line = " ".join(clean(str(value)).split())
    return re.sub(r"([\\`*_{}\[\]<>#|~$^&!])", r"\\\1", line)
