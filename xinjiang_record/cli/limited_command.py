"""Run a command that reads others' files as a whole in a second process, under limits."""

from __future__ import annotations

import click

from xinjiang_record.cli.main import report_failures


class LimitedCommand(click.Command):
    """Bound the time and the memory of a command; ``NAME_seconds`` of ``limits`` is its time."""

    def invoke(self, ctx: click.Context) -> int:
        """Return the exit code of the command, which prints its own errors."""
        from xinjiang_record.untrusted import bounded_command  # deferred: start-up

        call = super().invoke
        return bounded_command.run_bounded_command(
            lambda: report_failures(lambda: call(ctx)),
            f"xrecord {self.name}",
            limit=f"{self.name}_seconds",
        )
