# The README is short, names every cmdlet, and each of its blocks runs as it stands: all are pasted here.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $blocks = [regex]::Matches((Get-Content -Raw $root/README.md), '(?ms)^```(\w*)\n(.*?)^```').ForEach{ @{ Language = $_.Groups[1].Value; Code = $_.Groups[2].Value } }
    $installs = $blocks.Where{ $_.Code -match 'Register-PSResourceRepository' }
    $pasted = $blocks.Where{ $_.Language -eq 'powershell' -and $_.Code -notmatch 'Register-PSResourceRepository' }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $readme = Get-Content -Raw $root/README.md
    $prose = $readme -replace '(?ms)^```.*?^```'
}

Describe 'README.md' {
    It 'has at most 150 lines' {
        (Get-Content $root/README.md).Count | Should -BeLessOrEqual 150
    }

    It 'has no block but PowerShell''s, which are pasted here, and what they print' {
        $blocks.Language | Should -BeIn 'powershell', 'text'
    } -TestCases @{ blocks = $blocks }

    It 'begins with two commands that there are' {
        $commands = [regex]::Matches($prose, '(?m)^    (\S.*?)(?: +#.*)?$').ForEach{ $_.Groups[1].Value }
        $commands | Should -Be 'dotnet run --project examples/Quickstart', 'dotnet test'
        "$root/examples/Quickstart/Quickstart.csproj" | Should -Exist
    }

    It 'links <Name>' -ForEach (Get-Command -Module SecureStation | ForEach-Object { @{ Name = $_.Name } }) {
        $readme | Should -BeLike "*](docs/en-US/$Name.md)*"
        "$root/docs/en-US/$Name.md" | Should -Exist
    }

    It 'links only to what there is' {
        $links = [regex]::Matches($prose, '\]\(([^)#:]+)(?:#[^)]*)?\)').ForEach{ $_.Groups[1].Value }
        $links.Count | Should -BeGreaterThan 60
        $links.Where{ -not (Test-Path "$root/$_") } | Should -BeNullOrEmpty
    }

    It 'runs its commands, pasted one block after the other into a new PowerShell' -TestCases @{ pasted = $pasted } {
        $pasted.Count | Should -BeGreaterOrEqual 3
        $null = New-Item -ItemType Directory $TestDrive/user, $TestDrive/here
        'first entry' | Set-Content $TestDrive/here/a.log
        'second entry' | Set-Content $TestDrive/here/b.log

        # At free ports, and in a folder of its own once the module is there. Nobody types passphrases here.
        $code = foreach ($block in $pasted) {
            "'### block'"
            $block.Code -replace 'Start-StationListener -Port 770\d', 'Start-StationListener -Port 0' -replace '-Port 7701', '-Port $server.Port' `
                -replace '127\.0\.0\.1:7701', '127.0.0.1:$($server.Port)'
            "Set-Location '$TestDrive/here'"
        }
        $config = $env:XDG_CONFIG_HOME, $env:APPDATA
        $env:XDG_CONFIG_HOME = $env:APPDATA = "$TestDrive/user"
        try {
            $output = Invoke-PowerShell @"
`$ErrorActionPreference = 'Stop'
`$PSStyle.OutputRendering = 'PlainText'
Set-Location '$root'
function Read-Host { [CmdletBinding()] param([Parameter(Position = 0)] `$Prompt, [switch] `$AsSecureString) ConvertTo-SecureString 'correct horse' -AsPlainText -Force }
$($code -join "`n")
'### end'
Receive-StationMessage -Listener `$listener -Count 2 -TimeoutSec 30 | ForEach-Object { 'log: ' + `$_.Kind + ' ' + `$_.Body.Trim() }
"@ | Out-String
        } finally {
            $env:XDG_CONFIG_HOME, $env:APPDATA = $config
        }
        $talk, $invitation, $named, $rest = ($output -split '### block|### end').Where{ $true }[1..4]
        $talk | Should -Match '(?s)Text.*hello.*Object.*Bytes.*hi back'
        foreach ($property in 'State +: Open', 'PeerName +: server', 'TrustBasis +: Pinned', 'IsSecure +: True') { $named | Should -Match $property }
        $rest | Should -Match '(?s)log: Text first entry.*log: Text second entry'
        $output | Should -Not -Match 'Exception|Error'
    }

    It 'installs the package as it says' -Skip:$IsWindows -TestCases @{ installs = $installs } {
        # PSResourceGet installs into ~/.local/share, and PowerShell looks where XDG_DATA_HOME says.
        $isolated = @{ PSModulePath = ''; HOME = "$TestDrive/home"; XDG_DATA_HOME = "$TestDrive/home/.local/share"; XDG_CONFIG_HOME = "$TestDrive/home/c"; XDG_CACHE_HOME = "$TestDrive/home/k" }
        $null = New-Item -ItemType Directory -Force ($isolated.Values.Where{ $_ } + "$TestDrive/checkout")
        $kept = @{}
        foreach ($name in $isolated.Keys) {
            $kept[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $isolated[$name])
        }
        try {
            # The package without the build before it, which is what this test runs of.
            $code = $installs[0].Code -replace '(?m)^\./build\.ps1 Pack.*$', "`$null = & '$root/tools/Package/New-Package.ps1' ./out"
            $code | Should -Match 'New-Package'
            Invoke-PowerShell "`$ErrorActionPreference = 'Stop'; Set-Location '$TestDrive/checkout'; $code; (Get-Module SecureStation).ModuleBase" | Should -BeLike "$TestDrive*SecureStation*"
        } finally {
            foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) }
        }
    }
}

Describe 'docs/images/tour.svg' {
    It 'shows the tour as it is now' {
        $picture = [xml] (Get-Content -Raw $root/docs/images/tour.svg)
        $shown = ($picture.GetElementsByTagName('text').ForEach{ $_.InnerText } -join "`n") -replace '\s'
        foreach ($comment in (Get-Content $root/examples/Quickstart/quickstart.ps1).Where{ $_ -match '^    #' }) { $shown | Should -BeLike "*$([wildcardpattern]::Escape(($comment -replace '\s')))*" }
    }
}
