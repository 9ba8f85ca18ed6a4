<#
.SYNOPSIS
Makes what Get-Help reads (en-US at the root) from the markdown in docs/en-US. Needs the module Microsoft.PowerShell.PlatyPS.
.DESCRIPTION
The markdown is the source. Where a cmdlet's parameters have changed, `Update-MarkdownCommandHelp` brings its page up to date first.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.PlatyPS
$target = Join-Path $PSScriptRoot '../en-US'
$null = New-Item -ItemType Directory -Force $target
$work = [IO.Directory]::CreateTempSubdirectory('station-help-').FullName

$pages = Get-ChildItem (Join-Path $PSScriptRoot en-US) -Filter *-*.md | Sort-Object Name
Import-MarkdownCommandHelp -Path $pages.FullName | Export-MamlCommandHelp -OutputFolder $work -Force | Out-Null
Get-ChildItem $work -Recurse -Filter *-Help.xml | ForEach-Object {
    # Line ends as everywhere in the repository, whatever machine made the file.
    $text = (Get-Content -Raw $_.FullName) -replace "`r`n", "`n"
    [IO.File]::WriteAllText((Join-Path $target $_.Name), $text.TrimEnd() + "`n")
}

Get-ChildItem (Join-Path $PSScriptRoot en-US) -Filter about_*.md | ForEach-Object {
    Copy-Item $_.FullName (Join-Path $target "$($_.BaseName).help.txt")
}

Remove-Item -Recurse -Force $work
