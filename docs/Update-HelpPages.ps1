<#
.SYNOPSIS
Brings the pages in docs/en-US up to date with the cmdlets of the built module. Needs the module Microsoft.PowerShell.PlatyPS.
.DESCRIPTION
What people write stays: synopsis, description, examples, and what each parameter is for. Run it in a PowerShell that has not loaded the module. Replaced are the SYNTAX section and the yaml block of each
parameter; a parameter that the page does not have is added with a text to be filled in. The default in that block is the cmdlet's own; where
that is null or zero, what the page says of it stays. (PlatyPS's own Update-MarkdownCommandHelp takes no links
between pages.) Export-Help.ps1 then makes what Get-Help reads.
.PARAMETER Name
The cmdlets; all by default.
#>
[CmdletBinding(SupportsShouldProcess)]
param([string[]] $Name = '*')

$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.PlatyPS
. $PSScriptRoot/HelpText.ps1
$work = [IO.Directory]::CreateTempSubdirectory('station-help-').FullName

# A copy without help, or PlatyPS would take what Get-Help says, with links that it does not like.
$module = New-Item -ItemType Directory (Join-Path $work SecureStation)
Copy-Item (Join-Path $PSScriptRoot '../SecureStation.psd1'), (Join-Path $PSScriptRoot '../bin') $module -Recurse
Import-Module (Join-Path $module SecureStation.psd1)
$parameterBlock = '(?ms)^### -{0}\n(.*?)(```yaml\n.*?^```)'

foreach ($command in Get-Command -Module SecureStation -CommandType Cmdlet -Name $Name) {
    $page = Join-Path $PSScriptRoot "en-US/$($command.Name).md"
    $made = (Get-Content -Raw (New-MarkdownCommandHelp -CommandInfo $command -OutputFolder $work -Force).FullName) -replace "`r"
    if (-not (Test-Path $page)) {
        $made = [regex]::Replace($made, '(?ms)^### -(\w+)\n.*?```yaml\n.*?^```', { Set-DefaultValue $args[0].Value $command $args[0].Groups[1].Value })
        if ($PSCmdlet.ShouldProcess($page, 'Make')) { [IO.File]::WriteAllText($page, $made) }
        continue
    }

    $text = (Get-Content -Raw $page) -replace "`r"
    $syntax = [regex]::Match($made, '(?ms)^## SYNTAX\n.*?(?=^## )').Value -replace '(?ms)^## ALIASES.*'
    $text = [regex]::Replace($text, '(?ms)^## SYNTAX\n.*?(?=^## )', { $syntax })

    $blocks = foreach ($match in [regex]::Matches($made, '(?m)^### -(\w+)\n')) {
        $parameter = $match.Groups[1].Value
        $fresh = [regex]::Match($made, ($parameterBlock -f $parameter))
        $written = [regex]::Match($text, ($parameterBlock -f $parameter))
        $purpose = ($written.Success ? $written : $fresh).Groups[1].Value.Trim()
        $yaml = Set-DefaultValue $fresh.Groups[2].Value $command $parameter (Get-WrittenDefault $text $parameter)
        "### -$parameter`n`n$purpose`n`n$yaml`n"
    }

    $text = [regex]::Replace($text, '(?ms)^## PARAMETERS\n.*?(?=^### CommonParameters)', { "## PARAMETERS`n`n$($blocks -join "`n")`n" })
    if ($text -cne ((Get-Content -Raw $page) -replace "`r") -and $PSCmdlet.ShouldProcess($page, 'Update')) {
        [IO.File]::WriteAllText($page, $text)
    }
}

Remove-Item -Recurse -Force $work -WhatIf:$false
