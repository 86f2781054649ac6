# SPDX-License-Identifier: MIT
"""What the tests of the lab share."""

# The matrices of a state of the lab as its address holds them: two inputs, three projections.
GOOD = "1,0,1,0;0,2,0,2/1,0,1;1,0,0;0,0,1;0,1,1/0,0,1;1,1,0;0,1,0;1,1,0/0,2,0;0,3,0;1,0,3;1,1,0"
