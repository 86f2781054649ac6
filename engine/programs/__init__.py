# SPDX-License-Identifier: MIT
"""Programs: each code block on a page, made to run wherever it is pasted.

`slicer` brings what the block needs from above it and from the local files that it imports, and
`prove` runs the result far from the project. The smallest slice that prints and draws what the
page shows is the block's program; a block without one fails the build.
"""
