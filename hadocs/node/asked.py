"""Asks a question on this node and judges the answer; judge.py and the question come with it.

Standard input is JSON: the text of judge.py, shell text with its input, format and expectations,
and the most seconds. Nothing of it is on a command line, since it can hold secrets. What is printed
is JSON, too: the verdict, why, and what the command printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any


def asked(given: Any) -> dict[str, str]:
    """The answer to what was *given*."""
    judge: dict[str, Any] = {"__name__": "judge"}
    exec(given["judge"], judge)  # noqa: S102 - the project's own program
    ended = _ended(given)
    output = ended.stdout.decode(errors="replace")
    errors = ended.stderr.decode(errors="replace")
    verdict, said = judge["judge"](
        given["format"], given["expect"], output, ended.returncode, errors
    )
    return {"verdict": verdict, "said": " ".join(said.split()), "printed": output}


def _ended(given: Any) -> subprocess.CompletedProcess[bytes]:
    """The command, which has ended; coreutils' timeout says 124 at its limit, as in the scripts."""
    text = os.memfd_create("question")
    os.write(text, given["text"].encode() + b"\n")
    limit = ["timeout", "--kill-after=10", str(given["limit"])]
    return subprocess.run(
        [*limit, "bash", f"/proc/self/fd/{text}"],
        input=given["input"].encode(),
        capture_output=True,
        check=False,
        pass_fds=[text],
    )


if __name__ == "__main__":
    json.dump(asked(json.loads(sys.stdin.read())), sys.stdout)
