# SPDX-License-Identifier: MIT
"""Runs the snippets of a site, keeps their results, and writes plain Markdown for a generator.

    snippets + docs --read--> model --plan--> stale ones --run--> results (cache)
        --prove--> programs --write--> plain Markdown + notebooks --generator--> site

Each layer is a package or a module with a docstring of its own. Imports go down only, which
import-linter checks (see pyproject.toml): cli, site, build, check, write, programs, cache, run,
read, reporter, model. The page docs/architecture.md explains and draws them.
"""
