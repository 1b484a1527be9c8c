# SPDX-License-Identifier: GPL-2.0-only
"""What tools/picture is made of: what the guest said, what of it is worth a cell, the drawing."""
