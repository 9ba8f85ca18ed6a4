#!/usr/bin/env bash
# Runs the rows and puts their table into docs/reliability.md: measure.sh [ROW ...] [OPTION ...], as Program.cs takes them. Best on a machine that does nothing else.
set -uo pipefail
cd "$(dirname "$0")/../.."
table=$(mktemp)
dotnet run -c Release --project tests/endurance -- --markdown "$@" >"$table"
result=$?
grep -q '^| ' "$table" || { cat "$table"; exit 2; }
awk -v table="$table" '
    /^<!-- measured -->$/ { print; while ((getline line < table) > 0) print line; inside = 1 }
    /^<!-- end -->$/ { inside = 0 }
    !inside && !/^<!-- measured -->$/' docs/reliability.md >"$table.md" && cat "$table.md" >docs/reliability.md
rm -f "$table" "$table.md"
exit "$result"
