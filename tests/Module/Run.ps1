<#
.SYNOPSIS
Runs the Pester files of this folder. The last line of the output is the counts; the exit code is 0, or 1 where anything failed.
.PARAMETER Path
Files of this folder to run, by comma or as a list; all by default, or every N-th where STATION_PESTER_EVERY says N.
.PARAMETER Pester
Pester.psd1; the version that STATION_PESTER names (6.2.0) where NuGet has restored it, else an installed one.
.PARAMETER ResultPath
A file for the results, as JSON: for each test its name, and why it failed or was skipped.
.EXAMPLE
dotnet pwsh tests/Module/Run.ps1 tests/Module/New-StationKeyPair.Tests.ps1
#>
[CmdletBinding()]
param([string[]] $Path, [string] $Pester, [string] $ResultPath)

$ErrorActionPreference = 'Stop'
if ($PSVersionTable.PSVersion -lt [version]'7.6') { throw "The tests need PowerShell 7.6, this is $($PSVersionTable.PSVersion)." }

if (-not $Pester) {
    $version = $env:STATION_PESTER ? $env:STATION_PESTER : '6.2.0'
    $packages = $env:NUGET_PACKAGES ? $env:NUGET_PACKAGES : (Join-Path ([Environment]::GetFolderPath('UserProfile')) .nuget packages)
    $Pester = Join-Path $packages pester $version tools Pester.psd1
    if (-not (Test-Path -LiteralPath $Pester)) { $Pester = 'Pester' }
}
Import-Module $Pester -MinimumVersion 5.5

# Brackets are wildcards to Pester and to most of what tests do with a path. A folder that has some is reached by a link without.
$tests = $PSScriptRoot
if ([WildcardPattern]::ContainsWildcardCharacters($tests)) {
    $link = Join-Path ([IO.Directory]::CreateTempSubdirectory('station-checkout-').FullName) checkout
    $null = New-Item -ItemType ($IsWindows ? 'Junction' : 'SymbolicLink') -Path $link -Target ([IO.Path]::GetFullPath((Join-Path $tests .. ..)))
    $tests = Join-Path $link tests Module
}

$files = $Path ? ($Path -split ',' | Split-Path -Leaf | ForEach-Object { Join-Path $tests $_ }) : (Get-ChildItem $tests -Filter *.Tests.ps1).FullName
if (-not $Path -and $env:STATION_PESTER_EVERY) { $files = $files.Where{ $script:count++ % $env:STATION_PESTER_EVERY -eq 0 } }

$configuration = New-PesterConfiguration
$configuration.Run.Path = [string[]]$files
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.RenderMode = 'Plaintext'
$result = Invoke-Pester -Configuration $configuration
if (-not $result) { throw "There are no tests in '$Path'." }

# A file that cannot be read, and a block whose BeforeAll or AfterAll failed, fail beside the tests in them.
$broken = @($result.FailedContainers) + @($result.FailedBlocks) | Where-Object ErrorRecord
$results = @(
    foreach ($test in $result.Tests) {
        @{
            Name    = '{0}: {1}' -f (Split-Path -Leaf $test.ScriptBlock.File).Replace('.Tests.ps1', ''), $test.ExpandedPath
            Failure = if ($test.Result -notin 'Passed', 'Skipped', 'Inconclusive') { "$($test.Result): $($test.ErrorRecord -join "`n")`n" + ($test.ErrorRecord.ScriptStackTrace -split "`n" -notmatch '[\\/]Pester\.\w+, ' -join "`n") }
            Skipped = if ($test.Result -in 'Skipped', 'Inconclusive') { "$($test.ErrorRecord)" ? "$($test.ErrorRecord)" : 'Its -Skip condition holds.' }
        }
    }
    foreach ($one in $broken) { @{ Name = "$($one.ExpandedPath)$($one.Item)"; Failure = $one.ErrorRecord -join "`n" } }
)
if ($ResultPath) { ConvertTo-Json -InputObject $results | Set-Content -LiteralPath $ResultPath }

if ($tests -ne $PSScriptRoot) { [IO.Directory]::Delete($link); [IO.Directory]::Delete((Split-Path $link)) }

$failed, $skipped = $results.Where{ $_.Failure }.Count, $results.Where{ $_.Skipped }.Count
'{0} passed, {1} failed, {2} skipped' -f ($results.Count - $failed - $skipped), $failed, $skipped
exit [int]($failed -gt 0)
