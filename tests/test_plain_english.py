"""Keep the words of docs/style.md in pages, docstrings, messages and templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What to write instead, by the pattern that must not occur.
TERMS = {
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\b(told|tells?|telling)\b": "reported, reports, says",
    r"\bstands\b": "is",
    r"\bstrangers?\b": "untrusted",
    r"\bof ours\b": "our",
    r"\bbesides?\b": "next to, with",
    r"\bh[eo]ld(s|ing)? (\S+ ){0,5}against\b": "check against",
    r"\bwaits (in|here|there|with)\b|\bfacts? that wait": "is quarantined",
    r"\blies about\b": "unexpected",
    r"(?<!there )\bis no (?!longer|more|less|way|such)": "is not a; invalid",
    r"\b(is|are|was|be) whole\b": "complete",
    r"\basks for\b": "needs",
    r"\b(bury|buried|zombies?|judges?|judged|midst)\b": "a plain word",
    r"\bknows? of\b|\bwants to be\b": "a plain word",
    r"Nothing was published": "the command says it, once",
}
# A docstring begins with a verb, so it begins with none of these.
NOT_A_VERB = [
    "a",
    "an",
    "the",
    "one",
    "two",
    "what",
    "whether",
    "how",
    "where",
    "who",
    "when",
    "why",
    "which",
    "every",
    "each",
    "all",
    "any",
    "as",
    "if",
    "that",
    "this",
    "these",
    "those",
    "its",
    "it",
    "they",
    "some",
    "no",
    "not",
    "only",
    "for",
    "from",
    "in",
    "on",
    "at",
    "by",
    "of",
    "with",
    "to",
    "and",
    "whoever",
    "whatever",
    "things",
    "more",
    "same",
    "such",
    "here",
    "there",
]
ANY_TERM = re.compile("|".join(TERMS), re.IGNORECASE)
# The files where a term is data: words that sources print, or the rule itself.
DATA = {
    "docs/style.md": ".",
    "docs/data-dictionary.md": r"\bstands\b|told|besides?",
}
SAYS_NOTHING_WAS_PUBLISHED = ("xinjiang_record/cli/", "docs/", "README.md")


def sources() -> list[Path]:
    """List the files whose words are checked."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    code = [*(ROOT / "xinjiang_record").rglob("*.py"), *(ROOT / "flows").glob("*.py")]
    code += (ROOT / "benchmarks").glob("*.py")
    templates = [
        path
        for path in (ROOT / "xinjiang_record/site").rglob("*")
        if path.suffix in {".html", ".j2", ".xml"}
    ]
    return sorted({*pages, *code, *templates})


def texts(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield ("docstring" or "text", and the words) of a file with the line they begin at."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from python_texts(text)
    elif path.suffix == ".md":
        for number, line in enumerate(without_code(text).splitlines(), 1):
            yield number, "text", line
    else:
        words = re.sub(
            r"\{[{%#].*?[}%#]\}|<[^>]*>", lambda m: "\n" * m[0].count("\n"), text, flags=re.S
        )
        for number, line in enumerate(words.splitlines(), 1):
            yield number, "text", line


def without_code(text: str) -> str:
    """Blank the code blocks and code spans of Markdown, and keep its lines."""
    blank = lambda match: "\n" * match[0].count("\n")  # noqa: E731
    text = re.sub(r"^ *(```|~~~).*?^ *\1", blank, text, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`|^ {4,}.*$", "", text, flags=re.M)


def python_texts(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the docstrings, comments and messages of a module."""
    tree = ast.parse(text)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node):
            value = node.body[0].value  # type: ignore[attr-defined]
            docstrings.add(id(value))
            yield value.lineno, "docstring", re.sub(r"``[^`]*``", "x", value.value)
    for node in ast.walk(tree):
        # Fewer than three words is an identifier or a key, not a sentence.
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in docstrings and len(re.findall(r"[a-zA-Z]{2,}", node.value)) > 2:
            yield node.lineno, "text", node.value
    for number, line in enumerate(text.splitlines(), 1):
        comment = re.search(r"(?:^|\s)# (.*)", line)
        if comment:
            yield number, "text", comment[1]


def problems(path: Path) -> list[str]:
    """List what is not plain English in a file."""
    name = path.relative_to(ROOT).as_posix()
    found = []
    for line, kind, words in texts(path):
        for pattern, instead in TERMS.items() if ANY_TERM.search(words) else ():
            for match in re.finditer(pattern, words, re.IGNORECASE):
                if re.search(DATA.get(name, r"\Z(?!)"), match[0]):
                    continue
                if "published" in pattern and name.startswith(SAYS_NOTHING_WAS_PUBLISHED):
                    continue
                found.append(f"{name}:{line}: {match[0]!r}; write: {instead}")
        if kind == "docstring":
            first = re.match(r"\W*([A-Za-z]+)", words)
            if first and first[1].lower() in NOT_A_VERB:
                found.append(
                    f"{name}:{line}: docstring begins with {first[1]!r}; begin with a verb"
                )
    return found


FILES = sources()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_in_plain_english(path: Path) -> None:
    found = problems(path)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "Mend it.", "It is told.", "The row stands there.", "a stranger's file", "beside it",
        "It is no date.", "hold the claims against it", "It waits in quarantine.",
        "Releases are whole.",
    ],
)  # fmt: skip
def test_the_terms_find_what_they_are_for(text: str) -> None:
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in TERMS)


@pytest.mark.parametrize(
    "text", ["There is no release.", "It waits for the lock.", "It no longer is."]
)
def test_the_terms_leave_plain_words_alone(text: str) -> None:
    assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in TERMS)


def test_no_file_is_let_off_the_length_of_a_line() -> None:
    assert "E501" not in (ROOT / "pyproject.toml").read_text("utf-8")
