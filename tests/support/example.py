# SPDX-License-Identifier: MIT
"""The running example: its nine outputs, computed independently of the site's code."""

OUTPUTS = [[1.9366, 6.6831, 1.5951], [2.0000, 7.9640, 0.0540], [1.9997, 7.7599, 0.3584]]
