# SPDX-License-Identifier: MIT
# Expected: refused: let it run to its end
import unittest

# --8<-- [start:tests]
class TestSum(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(sum([1, 2, 3]), 6)


unittest.main(argv=["tests"])
# --8<-- [end:tests]
