<#
.SYNOPSIS
Runs the Pester files of this folder. The last line of the output is the counts; the exit code is 0, 1 where a test failed, 77 where
nothing could be run.
.PARAMETER Path
Files to run; all by default.
#>
[CmdletBinding()]
param([string[]] $Path = $PSScriptRoot)

if ($PSVersionTable.PSVersion -lt [version]'7.6') {
    "Pester tests not run: they need PowerShell 7.6, this is $($PSVersionTable.PSVersion)."
    exit 77
}

if (-not (Get-Module -ListAvailable Pester | Where-Object Version -GE '5.0')) {
    'Pester tests not run: no Pester 5 is installed.'
    exit 77
}

Import-Module Pester -MinimumVersion 5.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.RenderMode = 'Plaintext'
$result = Invoke-Pester -Configuration $configuration
'Pester: Tests Passed: {0}, Failed: {1}, Skipped: {2}, NotRun: {3}, Containers failed: {4}' -f
    $result.PassedCount, $result.FailedCount, $result.SkippedCount, $result.NotRunCount, $result.FailedContainersCount

# For whoever sums the suites up.
if ($env:STATION_PESTER_SUMMARY) {
    '{0} passed, {1} failed, {2} skipped' -f $result.PassedCount, ($result.FailedCount + $result.FailedContainersCount), $result.SkippedCount |
        Set-Content $env:STATION_PESTER_SUMMARY
}

exit [int]($result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount -gt 0)
