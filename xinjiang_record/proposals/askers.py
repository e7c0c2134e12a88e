"""Ask a person for what the document does not say, with the allowed values and their meaning.

An ``Asker`` answers a question. The one for the terminal prompts; the one without input leaves each
question as a finding, so that an unattended call loses nothing and guesses nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

# Returns what is wrong with an answer, or an empty text.
Check = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """Hold one question.

    Attributes:
        key: What is asked for, such as ``stance``.
        text: The question itself.
        choices: Allowed values with their meaning; none means free text.
        is_open: Another text than the choices is allowed too.
        several: More than one value may be given, with commas between them.
        optional: An empty answer is allowed.
        check: Returns what is wrong with an answer.
        about: Which statement is asked about.
    """

    key: str
    text: str
    choices: Sequence[tuple[str, str]] = ()
    is_open: bool = False
    several: bool = False
    optional: bool = False
    check: Check = field(default=lambda answer: "")
    about: str = ""

    def read_answer(self, text: str) -> tuple[str, str]:
        """Return the answer that a typed text means, and what is wrong with it."""
        parts = [part.strip() for part in text.split(",")] if self.several else [text.strip()]
        values = [self._value(part) for part in parts if part]
        if not values:
            return "", "" if self.optional else "An answer is needed."
        known = {value for value, _ in self.choices}
        wrong = [value for value in values if known and not self.is_open and value not in known]
        if wrong:
            return "", f"{wrong[0]!r} is not a choice. Type a number or a value of the list."
        answer = ",".join(values)
        return answer, self.check(answer)

    def _value(self, part: str) -> str:
        if (
            self.choices
            and part.isascii()
            and part.isdigit()
            and 1 <= int(part) <= len(self.choices)
        ):
            return self.choices[int(part) - 1][0]
        return part


class Asker(Protocol):
    """Answers questions."""

    def ask(self, question: Question) -> str:
        """Return the answer; an empty text where there is none."""


@dataclass(slots=True)
class NoInput:
    """Leaves every question as a finding."""

    findings: list[str] = field(default_factory=list)

    def ask(self, question: Question) -> str:
        """Return nothing, and keep the question."""
        if not question.optional:
            values = ", ".join(value for value, _ in question.choices)
            allowed = f" Allowed: {values}." if values else ""
            about = f"{question.about}: " if question.about else ""
            self.findings.append(f"{question.key}: not known. {about}{question.text}{allowed}")
        return ""


@dataclass(slots=True)
class Terminal:
    """Prompts on the terminal until the answer is a valid one; counts the questions."""

    asked: int = 0
    about: str = ""

    def ask(self, question: Question) -> str:
        """Return the answer. Raises EOFError where the input ends."""
        self.asked += 1
        if question.about and question.about != self.about:
            print(f"\n{question.about}")
        self.about = question.about
        print(f"\n{question.text}")
        for number, (value, meaning) in enumerate(question.choices, 1):
            print(f"  {number}  {value}" + (f": {meaning}" if meaning else ""))
        hint = " (several: 1,2)" if question.several else ""
        empty = " (Enter: leave empty)" if question.optional else ""
        while True:
            print(f"{question.key}{hint}{empty}> ", end="", flush=True)
            line = sys.stdin.readline()
            if not line:
                raise EOFError(question.key)
            answer, problem = question.read_answer(line)
            if not problem:
                return answer
            print(f"  {problem}")
