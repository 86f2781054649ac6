# SPDX-License-Identifier: MIT
"""Parsers, which turn files into the dataclasses of `engine.model`.

There is one parser for each kind of file: snippets, pages, the configuration, the glossary and the
list of tensors. Messages name lines of the author's file. No parser runs the code of a snippet.
"""
