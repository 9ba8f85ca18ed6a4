# What the README and the other pages show is what the module takes.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $pages = Get-ChildItem $root/README.md, $root/SECURITY.md, $root/docs/*.md, $root/docs/protocol/*.md, $root/docs/en-US/*.md, $root/examples/*/README.md |
        ForEach-Object { @{ Name = [IO.Path]::GetRelativePath($root, $_.FullName); Page = $_.FullName } }
    $scripts = Get-ChildItem $root/examples -Recurse -Filter *.ps1 |
        ForEach-Object { @{ Name = [IO.Path]::GetRelativePath($root, $_.FullName); Script = $_.FullName } }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    # Blocks of powershell, indented lines, and code within a line.
    function Get-Code([string] $Markdown) {
        [regex]::Matches($Markdown, '(?ms)^```powershell\n(.*?)^```').ForEach{ $_.Groups[1].Value }
        [regex]::Matches($Markdown, '(?m)^    (\S.*)$').ForEach{ $_.Groups[1].Value }
        [regex]::Matches($Markdown, '`([A-Z]\w+-\w+ [^`\n]+)`').ForEach{ $_.Groups[1].Value }
    }

    $ours = (Get-Module SecureStation).ExportedCommands

    # What of a script's calls of our cmdlets PowerShell would not bind: names of parameters that there are not.
    function Get-UnknownParameter([string] $Code) {
        $ast = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $null)
        foreach ($call in $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
            $command = $ours["$($call.GetCommandName())"]
            if (-not $command) { continue }
            foreach ($parameter in $call.CommandElements.Where{ $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                try { $null = $command.ResolveParameter($parameter.ParameterName) } catch { "$($command.Name) -$($parameter.ParameterName)" }
            }
        }
    }
}

Describe 'The pages' {
    It '<Name> shows no parameter that there is not' -ForEach $pages {
        @(Get-Code (Get-Content -Raw $Page)).Where{ $_ }.ForEach{ Get-UnknownParameter $_ } | Should -BeNullOrEmpty
    }

    It '<Name> uses no parameter that there is not' -ForEach $scripts {
        Get-UnknownParameter (Get-Content -Raw $Script) | Should -BeNullOrEmpty
    }
}

Describe 'about_SecureStation_Notary' {
    It 'shows how other programs ask, and they do' -Skip:(-not ((Get-Command openssl -ErrorAction Ignore) -and (Get-Command curl -CommandType Application -ErrorAction Ignore))) {
        $page = Get-Content -Raw $root/docs/en-US/about_SecureStation_Notary.md
        $blocks = [regex]::Matches($page, '(?m)(?:^    \S.*\n)+').Value -replace '(?m)^    '
        'a contract' | Set-Content $TestDrive/contract.pdf
        $output = Invoke-PowerShell @"
`$ErrorActionPreference = 'Stop'
Import-Module '$root/SecureStation.psd1'
Set-Location '$TestDrive'
$($blocks[0] -replace 'Get-ChildItem \*\.pdf \| Test-.*')
$($blocks[1])
"@
        $blocks[1] | Should -Match '^openssl'
        $output | Out-String | Should -BeLike '*Verification: OK*'
    }
}
