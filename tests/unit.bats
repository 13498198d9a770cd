#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The unit programs, one for each module.

load helper

unit() {
	cd "$top" && "$O/unit/test-$1"
}

