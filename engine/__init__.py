# SPDX-License-Identifier: MIT
"""Run the snippets of a site, cache their results, and write plain Markdown for a generator.

    snippets + docs --read--> model --plan--> stale ones --run--> results (cache)
        --prove--> programs --write--> plain Markdown + notebooks --generator--> site

Each layer is a package or a module, and may import only those after it: cli, site, build, check,
write, programs, cache, run, read, reporter, model. import-linter checks this (see pyproject.toml),
and docs/architecture.md explains the layers.
"""
