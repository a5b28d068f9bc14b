"""The command line: every command, its exit code, and one line for every error."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from kvcr.commands.certificates import verify
from kvcr.commands.claims import audit, check, claims
from kvcr.commands.hunt import hunt
from kvcr.commands.instances import certify, ratio
from kvcr.commands.replay import replay
from kvcr.commands.reports import report
from kvcr.commands.search import atlas, gallery
from theory.errors import InputError, PolicyError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Machine-checked competitive ratios for LLM-serving schedulers.",
)
for command in (
    audit,
    claims,
    check,
    ratio,
    certify,
    hunt,
    atlas,
    gallery,
    report,
    verify,
    replay,
):
    app.command()(command)


def main() -> None:
    """Run the command line and exit: 0 holds, 1 does not, 2 bad input, 3 undecided."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of one call; errors in the input are one line on standard error."""
    try:
        code = app(arguments, standalone_mode=False)
    except (InputError, PolicyError) as error:
        return _complain(str(error))
    except TyperException as error:
        return _complain(error.format_message())
    except KeyboardInterrupt:
        return _complain("interrupted")
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    line = " ".join(message.split())
    print(f"kvcr: {line if len(line) <= 500 else line[:500] + '...'}", file=sys.stderr)
    return 2
