# SPDX-License-Identifier: MIT
"""Run snippets in child processes, and collect their outputs.

A worker imports torch and matplotlib once and forks a clean child process for each job. The child
records every file that is opened, and collects stdout, figures and values. Results depend on this
package and the modules that it imports, so the cache's key covers only these parts of the engine.
"""
