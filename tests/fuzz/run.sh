#!/usr/bin/env bash
# Has AFL++ (Debian: afl++) look for inputs that a target does not stand: run.sh [--short | --seconds N] [TARGET...]
# --short gives each target 60 s. What is found lies in out/<target>, and the script fails. Needs afl-fuzz and the tool sharpfuzz
# (dotnet tool install --global SharpFuzz.CommandLine --version 2.3.0).
set -uo pipefail
cd "$(dirname "$0")"
seconds=600
targets=()
while [ $# -gt 0 ]; do
    case $1 in
        --short) seconds=60 ;;
        --seconds) seconds=$2; shift ;;
        *) targets+=("$1") ;;
    esac
    shift
done

export PATH="$PATH:$HOME/.dotnet/tools"
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing: apt-get install afl++. Without it: dotnet run --project tests/fuzz -- run all 60"; exit 2; }
command -v sharpfuzz >/dev/null || { echo "sharpfuzz is missing: dotnet tool install --global SharpFuzz.CommandLine --version 2.3.0"; exit 2; }

# A build of its own, because the assemblies are changed: they report each branch to AFL.
out=$PWD/out
rm -rf "$out/plain" "$out/bin" && mkdir -p "$out"
dotnet build -c Release -v q -p:RunAnalyzers=false -o "$out/plain" -p:ModuleBin="$out/module/bin/" Fuzz.csproj || exit 1
cp -r "$out/plain" "$out/bin"
for assembly in SecureStation.Core SecureStation.PowerShell SecureStation.Legacy; do
    [ ! -f "$out/bin/$assembly.dll" ] || sharpfuzz "$out/bin/$assembly.dll" || exit 1
done

[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(dotnet "$out/plain/Fuzz.dll" list)
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_FORKSRV_INIT_TMOUT=60000 DOTNET_TieredPGO=0
found=0
for target in "${targets[@]}"; do
    rm -rf "$out/$target" "$out/corpus/$target"
    dotnet "$out/plain/Fuzz.dll" corpus "$target" "$out/corpus/$target" || exit 1
    timeout --kill-after=10 $((seconds + 120)) afl-fuzz -V "$seconds" -i "$out/corpus/$target" -o "$out/$target" -t 20000 -m none \
        dotnet "$out/bin/Fuzz.dll" afl "$target" >"$out/$target.log" 2>&1
    stats=$out/$target/default/fuzzer_stats
    [ -f "$stats" ] || { echo "$target: AFL did not run; see $out/$target.log"; found=1; continue; }
    value() { sed -n "s/^$1 *: *//p" "$stats"; }
    crashes=$(value saved_crashes) hangs=$(value saved_hangs)
    echo "$target: $(value execs_done) runs, $(value edges_found) branches, $crashes crashes, $hangs hangs"
    [ "$crashes" = 0 ] && [ "$hangs" = 0 ] || found=1
done
[ "$found" = 0 ] || echo "Something was found: dotnet run --project tests/fuzz -- try TARGET $out/TARGET/default/crashes/*"
exit "$found"
