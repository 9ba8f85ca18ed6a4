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

    It 'README lists every cmdlet' {
        $readme = Get-Content -Raw $root/README.md
        foreach ($command in Get-Command -Module SecureStation) { $readme | Should -BeLike "*| ``[$($command.Name)``](docs/en-US/$($command.Name).md)*" }
    }
}

Describe 'The README''s commands' {
    BeforeAll {
        $blocks = [regex]::Matches((Get-Content -Raw $root/README.md), '(?ms)^```powershell\n(.*?)^```').ForEach{ $_.Groups[1].Value }
        $config = $env:XDG_CONFIG_HOME, $env:APPDATA

        function Invoke-Block([string] $Code) {
            $ErrorActionPreference = 'Stop'
            . ([scriptblock]::Create($Code))
        }
    }

    BeforeEach {
        Push-Location $TestDrive
        $env:XDG_CONFIG_HOME = $env:APPDATA = [IO.Directory]::CreateTempSubdirectory('station-readme-').FullName
    }

    AfterEach {
        Pop-Location
        Get-StationSession | Disconnect-Station -Force
        Get-StationListener | Stop-StationListener
        $env:XDG_CONFIG_HOME, $env:APPDATA = $config
    }

    It 'talk on one machine' {
        $output = Invoke-Block ($blocks[0] -replace '(?m)^Import-Module.*$')
        $output[0..2].Kind | Should -Be 'Text', 'Object', 'Bytes'
        $output[-1] | Should -Be 'hi back'
    }

    It 'talk between two, with an invitation in a file' {
        'entry' | Set-Content a.log
        # On this machine, at a port that is free.
        $session = Invoke-Block ("$($blocks[1])`n`$session" -replace '-Address Any -Port 7700 -AdvertisedHostName build.example.org', '-Port 0')
        $session.State | Should -Be 'Open'
    }

    It 'talk between two, with named identities' {
        $pass = 'of the server'
        $probe = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $probe.Start()
        $port = $probe.LocalEndpoint.Port
        $probe.Stop()
        # One process plays both sides, so alice's key is made first; her file is what she would have sent.
        $made = "New-StationKeyPair -Name alice`nExport-StationKeyPair -Name alice -Path ./alice.pub.pem -PublicOnly`n"
        $session = Invoke-Block ($made + ($blocks[2] -replace '(?m)^New-StationKeyPair -Name alice$' -replace '7700', $port)) | Select-Object -Last 1
        $session.PeerName | Should -Be 'server'
        $session.TrustBasis | Should -Be 'Pinned'
    }
}
