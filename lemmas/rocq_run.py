"""Run Rocq on the development in ``lemmas/rocq``: compile, audit, compare, sabotage.

    python -m lemmas.rocq_run [build | check | agree | sabotage]

``build`` compiles everything, prints what each theorem assumes and writes the stamp; ``check``
lets the independent checker coqchk read the compiled results; ``agree`` compares Rocq's own
evaluation of policies with the simulator; ``sabotage`` sees that wrong constants do not compile.
Exit status 0 when all is well, 1 when a proof or a comparison fails, 2 when Rocq is missing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lemmas.rocq import FOLDER, fingerprint, sources, theorems, write_stamp
from lemmas.rocq_text import agreement, random_instances

JOBS = 2
INSTALL = "coqc is missing: apt-get install coq libcoq-mathcomp-algebra"
FORBIDDEN = re.compile(r"\b(Admitted|admit|Axiom|Parameter|Conjecture|Abort)\b")


class RocqError(RuntimeError):
    """A proof, an audit or a comparison failed; the message says which."""


def run(*command: str, folder: Path = FOLDER) -> str:
    """What a command says. Raises RocqError, with the output, when it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RocqError(f"{command[0]} failed:\n{done.stdout.strip()[-4000:]}")
    return done.stdout


def evaluate(text: str, name: str, folder: Path = FOLDER) -> str:
    """Compile a text that uses the development; what it prints. Raises RocqError."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / f"{name}.v"
        path.write_text(text, encoding="utf-8")
        return run("coqc", "-Q", ".", "kvcr", "-w", "none", str(path), folder=folder)


def available() -> bool:
    """Whether Rocq and mathcomp are installed."""
    if shutil.which("coqc") is None:
        return False
    where = Path(run("coqc", "-where").strip()) / "user-contrib" / "mathcomp"
    return (where / "algebra").is_dir() and (where / "ssreflect").is_dir()


def compiled(folder: Path = FOLDER) -> bool:
    """Whether every source has a compiled file that is not older."""
    pairs = ((p, p.with_suffix(".vo")) for p in sources(folder) if p.suffix == ".v")
    return all(vo.exists() and vo.stat().st_mtime >= v.stat().st_mtime for v, vo in pairs)


def compile_all(folder: Path = FOLDER) -> None:
    """Compile what has changed. Raises RocqError."""
    listed = re.findall(r"^\S+\.v$", (folder / "_CoqProject").read_text(), re.MULTILINE)
    present = {path.relative_to(folder).as_posix() for path in sources(folder)} - {"_CoqProject"}
    if set(listed) != present:
        raise RocqError(f"_CoqProject and the files differ: {sorted(present ^ set(listed))}")
    run("coq_makefile", "-f", "_CoqProject", "-o", "Makefile.coq", folder=folder)
    run("make", "-f", "Makefile.coq", f"-j{JOBS}", folder=folder)


def audit(folder: Path = FOLDER) -> int:
    """Let Rocq print what every theorem assumes; the number of theorems.

    Raises RocqError unless each is closed under the global context, and when a source contains
    an axiom or an unfinished proof.
    """
    for path in sources(folder):
        text = re.sub(r"\(\*.*?\*\)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if found := FORBIDDEN.search(text):
            raise RocqError(f"{path.name} contains {found.group()}")
    names = sorted(theorems(folder))
    files = sorted({name.split(".")[0] for name in names})
    text = f"From kvcr.results Require {' '.join(files)}.\n"
    text += "".join(f"Print Assumptions kvcr.results.{name}.\n" for name in names)
    said = evaluate(text, "assumptions", folder).strip().splitlines()
    if said != ["Closed under the global context"] * len(names):
        raise RocqError("some theorem rests on an assumption:\n" + "\n".join(said))
    return len(names)


def build() -> str:
    """Compile, audit, stamp."""
    before = fingerprint()
    compile_all()
    count = audit()
    if fingerprint() != before:
        raise RocqError("the sources changed during the run")
    write_stamp(run("coqc", "--print-version").split()[0])
    return f"{count} theorems, no axiom, nothing admitted"


def check() -> str:
    """Let coqchk read the compiled results and everything they use. Raises RocqError."""
    files = sorted({name.split(".")[0] for name in theorems()})
    said = run("coqchk", "-silent", "-o", "-Q", ".", "kvcr", *(f"kvcr.results.{f}" for f in files))
    if "* Axioms: <none>" not in said:
        raise RocqError(f"coqchk sees an axiom:\n{said.strip()[-4000:]}")
    return "coqchk accepts the results and sees no axiom"


def agree(count: int = 1000) -> str:
    """Compare Rocq's evaluation with the simulator on random instances."""
    evaluate(agreement(random_instances(count)), "agreement")
    return f"{count} instances: svf, sjf, fcfs start and cost the same in Rocq and in Python"


# --- sabotage ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sabotage:
    """A theorem (``file.theorem``) with one constant made too good."""

    theorem: str
    was: str
    becomes: str

    def text(self, folder: Path = FOLDER) -> tuple[str, int, int]:
        """The changed file, and the lines on which the theorem begins and ends.

        Raises RocqError when the statement does not contain ``was`` exactly once.
        """
        file, name = self.theorem.split(".")
        text = (folder / "results" / f"{file}.v").read_text(encoding="utf-8")
        found = re.search(rf"^Theorem {name}\b", text, re.MULTILINE)
        if found is None:
            raise RocqError(f"{self.theorem}: no such theorem")
        begin = found.start()
        statement_end, end = text.index("\nProof.", begin), text.index("Qed.", begin)
        statement = text[begin:statement_end]
        if statement.count(self.was) != 1:
            raise RocqError(f"{self.theorem}: {self.was!r} must occur once in the statement")
        changed = text[:begin] + statement.replace(self.was, self.becomes) + text[statement_end:]
        return changed, text.count("\n", 0, begin) + 1, text.count("\n", 0, end) + 1


def sabotages() -> list[Sabotage]:
    """The changes that must not compile."""
    table = tomllib.loads((FOLDER / "sabotage.toml").read_text(encoding="utf-8"))
    return [Sabotage(**entry) for entry in table["sabotage"]]


def refused(change: Sabotage) -> str | None:
    """None if Rocq refuses the change in the theorem's own proof, else what went wrong."""
    text, first, last = change.text()
    try:
        evaluate(text, "sabotage_" + re.sub(r"\W", "_", change.theorem))
    except RocqError as error:
        line = re.search(r", line (\d+), characters", str(error))
        if line and first <= int(line.group(1)) <= last:
            return None
        return f"{change.theorem}: refused elsewhere: {error}"
    return f"{change.theorem}: compiles with {change.becomes!r} for {change.was!r}"


def sabotage() -> str:
    """See that every theorem with a wrong constant is refused."""
    changes = sabotages()
    if untouched := set(theorems()) - {change.theorem for change in changes}:
        raise RocqError(f"no sabotage of {', '.join(sorted(untouched))}")
    with ThreadPoolExecutor(JOBS) as pool:
        wrong = [answer for answer in pool.map(refused, changes) if answer]
    if wrong:
        raise RocqError("\n".join(wrong))
    return f"{len(changes)} wrong constants, none compiles"


COMMANDS: dict[str, Callable[[], str]] = {
    "build": build,
    "check": check,
    "agree": agree,
    "sabotage": sabotage,
}


def main(arguments: list[str]) -> int:
    """Run the commands named, ``build`` if none is; see the module for the exit status."""
    chosen = arguments or ["build"]
    if unknown := [name for name in chosen if name not in COMMANDS]:
        print(f"rocq: unknown command {unknown[0]!r}; known: {', '.join(COMMANDS)}")
        return 2
    if not available():
        print(f"rocq: {INSTALL}")
        return 2
    try:
        for name in chosen:
            print(f"rocq {name}: {COMMANDS[name]()}", flush=True)
    except RocqError as error:
        print(f"rocq: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
