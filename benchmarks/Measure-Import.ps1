<#
.SYNOPSIS
What Import-Module costs beyond PowerShell's own start: whole processes, in turn, and within the process beside an empty module that
has one type and one view, which is what PowerShell itself takes for any module with views.
.EXAMPLE
pwsh -NoProfile benchmarks/Measure-Import.ps1 -Rounds 9
#>
[CmdletBinding()]
param(
    [ValidateRange(1, 100)] [int] $Rounds = 9
)

$ErrorActionPreference = 'Stop'
. $PSScriptRoot/../tools/PowerShell/PowerShellProcess.ps1
$module = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', 'SecureStation.psd1'))
$folder = [IO.Directory]::CreateTempSubdirectory('station-import-').FullName

function Get-Median([double[]] $Values) { [Math]::Round(($Values | Sort-Object)[[Math]::Floor($Values.Count / 2)], 1) }

# The milliseconds of a whole process, and those that the process itself counts for the command.
function Measure-Process([string] $Command) {
    $whole = [Diagnostics.Stopwatch]::StartNew()
    $within = Invoke-PowerShell "`$watch = [Diagnostics.Stopwatch]::StartNew(); $Command; `$watch.Elapsed.TotalMilliseconds"
    [pscustomobject]@{ Whole = $whole.Elapsed.TotalMilliseconds; Within = [double] $within }
}

try {
    $empty = Join-Path $folder 'Empty.psd1'
    Set-Content $empty "@{ ModuleVersion = '1.0'; RootModule = 'Empty.psm1'; FormatsToProcess = 'Empty.Format.ps1xml'; TypesToProcess = 'Empty.Types.ps1xml' }"
    Set-Content (Join-Path $folder 'Empty.psm1') ''
    Set-Content (Join-Path $folder 'Empty.Types.ps1xml') '<Types><Type><Name>Empty.Thing</Name><Members><AliasProperty><Name>A</Name><ReferencedMemberName>B</ReferencedMemberName></AliasProperty></Members></Type></Types>'
    Set-Content (Join-Path $folder 'Empty.Format.ps1xml') ('<Configuration><ViewDefinitions><View><Name>Thing</Name><ViewSelectedBy><TypeName>Empty.Thing</TypeName></ViewSelectedBy>' +
        '<ListControl><ListEntries><ListEntry><ListItems><ListItem><PropertyName>B</PropertyName></ListItem></ListItems></ListEntry></ListEntries></ListControl></View></ViewDefinitions></Configuration>')

    $runs = foreach ($round in 0..$Rounds) {
        $run = [pscustomobject]@{
            Nothing = Measure-Process '$null'
            Empty   = Measure-Process "Import-Module '$empty'"
            Station = Measure-Process "Import-Module '$module'"
        }

        # The first round warms the disk.
        if ($round) { $run }
    }

    $start = Get-Median $runs.Nothing.Whole
    [pscustomobject]@{
        'pwsh starts, ms'                     = $start
        'with SecureStation, ms'              = Get-Median $runs.Station.Whole
        'beyond the start, ms'                = [Math]::Round((Get-Median $runs.Station.Whole) - $start, 1)
        'Import-Module SecureStation, ms'     = Get-Median $runs.Station.Within
        'Import-Module an empty module, ms'   = Get-Median $runs.Empty.Within
        'SecureStation / empty module'        = [Math]::Round((Get-Median $runs.Station.Within) / (Get-Median $runs.Empty.Within), 2)
    }
}
finally {
    Remove-Item -Recurse -Force $folder
}
