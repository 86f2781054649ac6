# SPDX-License-Identifier: MIT
"""The interface to site generators: MkDocs and Zensical.

This layer has a plugin for MkDocs, a step before Zensical, and a Markdown extension for both. It
also writes the content security policy into the built pages. No other layer imports a generator.
"""
