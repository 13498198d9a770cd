# SPDX-License-Identifier: LGPL-2.1-or-later
"""v2v-fleet: takes many machines through the steps of v2v-tools."""
