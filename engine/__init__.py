# SPDX-License-Identifier: MIT
"""Runs the snippets, keeps what they produced, and hands it to the site generator.

The rooms, in the order in which data flows through them:

    project    where things are in a project
    problems   what is wrong, where, and what to do
    sections   reads the markers in a snippet
    sources    finds every local file that a snippet depends on
    pages      finds what the pages show
    pool       keeps a worker process and sends it the snippets that are stale
    worker     imports torch and matplotlib once, then forks children for snippets
    state      tells whether a process is as it was, and fit for one more program
    child      runs one snippet, section by section, and writes down what it produced
    store      keeps results by content, and lays them out as files for the pages
    build      decides what is stale, runs it, and checks pages against outputs
    programs   slices a shown piece back to a program that runs alone
    blocks     makes such a program of each code block, and proves it
    values     puts a value into words for a sentence, or into a table
    figures    turns a matplotlib figure into an SVG in the page's colors
    visual     formulas as MathML, tensors in their colors
    glossary   shows what a term means where it is first used
    markdown   puts values into sentences and includes; with `visual`, all that Zensical needs
    changes    says which numbers differ between two built sites
    policy     says which scripts a page may run
    publish    brings a site up to date with what a build made, file by file
    scratch    folders for a while, in memory
    prose      reads a page's Markdown and rewrites it as notebooks can show it
    notebooks  makes a notebook of a chapter, with blanks to fill or solved
    notebook_html  makes the page of a notebook
    bench      times builds beside other tools; nothing else here knows it

`mkdocs_hooks`, `mkdocs_pages` and `mkdocs_notebooks` are the adapters for MkDocs; nothing else here
knows it.
"""
