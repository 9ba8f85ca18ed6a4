<#
.SYNOPSIS
Makes what Get-Help reads (en-US at the root) from the markdown in docs/en-US. Needs the module Microsoft.PowerShell.PlatyPS.
.DESCRIPTION
The markdown is the source. Where a cmdlet's parameters have changed, Update-HelpPages.ps1 brings its page up to date first. Get-Help -Online
opens the page below ProjectUri of the manifest.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.PlatyPS
. $PSScriptRoot/HelpText.ps1
$source = Join-Path $PSScriptRoot en-US
$target = Join-Path $PSScriptRoot '../en-US'
$null = New-Item -ItemType Directory -Force $target
$work = [IO.Directory]::CreateTempSubdirectory('station-help-').FullName
$project = (Import-PowerShellDataFile (Join-Path $PSScriptRoot ../SecureStation.psd1)).PrivateData.PSData.ProjectUri

$pages = Get-ChildItem $source -Filter *-*.md | Sort-Object Name
Import-MarkdownCommandHelp -Path $pages.FullName | Export-MamlCommandHelp -OutputFolder $work -Force | Out-Null

# The same bytes on every machine.
$format = [Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; NewLineHandling = 'Replace'; Encoding = [Text.UTF8Encoding]::new($false) }
Get-ChildItem $work -Recurse -Filter *-Help.xml | ForEach-Object {
    $maml = [xml](Get-Content -Raw $_.FullName)
    Update-Maml $maml $source "$project/blob/main/docs/en-US"
    $writer = [Xml.XmlWriter]::Create((Join-Path $target $_.Name), $format)
    $maml.Save($writer)
    $writer.Dispose()
}

Get-ChildItem $source -Filter about_*.md | ForEach-Object {
    $lines = ConvertTo-AboutTopic $_.BaseName ((Get-Content -Raw $_.FullName) -replace "`r")
    [IO.File]::WriteAllText((Join-Path $target "$($_.BaseName).help.txt"), ($lines -join "`n").TrimEnd() + "`n")
}

Remove-Item -Recurse -Force $work
