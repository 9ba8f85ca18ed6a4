<#
.SYNOPSIS
Draws docs/images/tour.svg: the tour (examples/Quickstart) in a terminal, as it runs now.
.DESCRIPTION
Runs the tour in the built checkout and draws what it printed, wrapped as a terminal of the given width does. Run it after a change to
quickstart.ps1; a test compares the two.
#>
[CmdletBinding()]
param(
    [string] $Path = "$PSScriptRoot/images/tour.svg",
    [int] $Columns = 118
)

$ErrorActionPreference = 'Stop'
$charWidth, $lineHeight, $margin = 7.8, 17, 14
$colors = @{ Listener = '#56b6c2'; Client = '#e5c07b'; comment = '#7f8c98'; command = '#ffffff'; output = '#c8ccd4'; warning = '#e5c07b'; error = '#e06c75' }

$output = dotnet run -c Release --project "$PSScriptRoot/../examples/Quickstart"
if ($LASTEXITCODE) { throw "The tour failed:`n$($output -join "`n")" }

# What the build says, with the paths of this machine, is no part of it.
$output = $output[[array]::FindIndex($output, [Predicate[string]] { $args[0] -like 'Two stations*' })..($output.Count - 1)]

# Each line is `role │ text`; what is longer than the terminal goes on below.
$lines = foreach ($line in $output) {
    $role, $text = if ($line -match '^(Listener|Client) +│ ?(.*)$') { $Matches[1, 2] } else { '', $line }
    $kind = switch -Regex ($text) { '^# ' { 'comment' } '^PS> ' { 'command' } '^WARNING: ' { 'warning' } '^PeerUntrusted,' { 'error' } default { 'output' } }
    $width = $Columns - ($role ? 11 : 0)
    for ($at = 0; $at -eq 0 -or $at -lt $text.Length; $at += $width) {
        [pscustomobject]@{ Role = $role; Kind = $kind; Text = $text.Substring($at, [Math]::Min($width, $text.Length - $at)) }
    }
}

$culture = [cultureinfo]::InvariantCulture
function Format-Number([double] $Number) { $Number.ToString('0.#', $culture) }
function Format-Text([double] $X, [double] $Y, [string] $Color, [string] $Text) {
    if ($Text.Trim()) { '<text x="{0}" y="{1}" fill="{2}">{3}</text>' -f (Format-Number $X), (Format-Number $Y), $Color, [Security.SecurityElement]::Escape($Text) }
}

$width = 2 * $margin + $Columns * $charWidth
$height = 2 * $margin + 26 + $lines.Count * $lineHeight
$y = $margin + 26
$svg = @(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" font-family="ui-monospace, Menlo, Consolas, ''DejaVu Sans Mono'', monospace" font-size="13" xml:space="preserve">' -f (Format-Number $width), (Format-Number $height)
    '<rect width="100%" height="100%" rx="8" fill="#1e222a"/>'
    foreach ($button in @{ X = 20; Color = '#e06c75' }, @{ X = 38; Color = '#e5c07b' }, @{ X = 56; Color = '#98c379' }) { '<circle cx="{0}" cy="18" r="5.5" fill="{1}"/>' -f $button.X, $button.Color }
    Format-Text 76 22 '#7f8c98' 'dotnet run --project examples/Quickstart'
    foreach ($line in $lines) {
        $y += $lineHeight
        if ($line.Role) { Format-Text $margin $y $colors[$line.Role] "$($line.Role.PadRight(8)) │" }
        Format-Text ($margin + ($line.Role ? 11 * $charWidth : 0)) $y $colors[$line.Kind] $line.Text
    }
    '</svg>'
)
$null = New-Item -ItemType Directory -Force (Split-Path $Path)
[IO.File]::WriteAllText($Path, ($svg -join "`n") + "`n")
