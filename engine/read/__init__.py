# SPDX-License-Identifier: MIT
"""Parsers: from files to the dataclasses of `engine.model`.

There is one parser for each kind of file: snippets, pages, the configuration, the glossary, the
list of tensors. Each keeps the line numbers of the author's own file, for messages. Nothing here
runs code of a snippet.
"""
