# SPDX-License-Identifier: GPL-2.0-only
"""What tools/bench is made of: figures, the machine that yields them, the plot, the profile."""
