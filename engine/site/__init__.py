# SPDX-License-Identifier: MIT
"""Hands the written pages to a site generator.

This is the only layer that knows one: a plugin for MkDocs, a step before Zensical, and a Markdown
extension that both use. It also writes the content security policy into the built pages.
"""
