# SPDX-License-Identifier: MIT
"""Compare two runs of a snippet, in workers that differ as two readers' machines may differ."""

import difflib
from dataclasses import replace

from engine.model.problem import Problem, shortened
from engine.model.result import Job, Result, Value

SEED = (
    "give the generator a seed, such as torch.manual_seed(0), sort what a set holds, and leave out "
    'times, addresses and folders; what is to differ is told with a line "# measured: why"'
)


def compare_runs(job: Job, first: Result, second: Result) -> Result:
    """Return the first result, with a problem for each output that differs in the second."""
    opened = {**second.opened, **first.opened}
    if first.problems:
        return replace(first, opened=opened)
    if second.problems:
        problem = second.problems[0]
        message = f"{problem.message}\n  (in a second run, and not in the first: {SEED})"
        return replace(first, opened=opened, problems=[replace(problem, message=message)])
    problems = []
    lines_of = {section.name: section.start for section in job.sections}
    for name, output in first.sections.items():
        other = second.sections[name]
        if output.text != other.text:
            lines = difflib.unified_diff(
                output.text.splitlines(), other.text.splitlines(), "first run", "second run",
                lineterm="", n=0,
            )  # fmt: skip
            difference = shortened("\n  ".join(list(lines)[:12]))
            message = f'section "{name}" prints something else in a second run: {SEED}\n  '
            message += difference
            problems.append(Problem(f"{job.where}:{lines_of[name]}", message, job.stem))
        elif output.figures != other.figures:
            message = f'section "{name}" draws something else in a second run: {SEED}'
            problems.append(Problem(f"{job.where}:{lines_of[name]}", message, job.stem))
    values = dict(first.values)
    for expression, value in first.values.items():
        if value.error is None and value != second.values[expression]:
            shown = shortened(second.values[expression].text or "", 60)
            values[expression] = Value(error=f"has another value in a second run ({shown}): {SEED}")
    return replace(first, opened=opened, problems=problems, values=values)
