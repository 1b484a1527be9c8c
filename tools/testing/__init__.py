# SPDX-License-Identifier: GPL-2.0-only
"""The parts of tools/test: reporting, the console, and one module per kind of test."""
