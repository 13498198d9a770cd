#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# build.sh TOP [OPTION…] SPEC: rpmbuild with its folders in TOP, which it sees as /mnt, in a mount namespace of its own.  The source package
# holds the commands with all their paths, and a build id depends on them, so what is built elsewhere would not be the same bytes.
set -eu

top=$1
shift
for apart in 'unshare --mount' 'unshare --user --map-root-user --mount'; do
	# shellcheck disable=SC2086 # a command
	if $apart mount --bind "$top" /mnt 2>/dev/null; then
		# shellcheck disable=SC2016 # that shell's
		exec $apart sh -c 'mount --bind "$0" /mnt && cd /mnt && exec rpmbuild --define "_topdir /mnt" "$@"' "$top" "$@"
	fi
done
echo "rpm: mount namespaces are not allowed here: the packages will hold the name '$top'" >&2
cd "$top"
exec rpmbuild --define "_topdir $top" "$@"
