BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $commands = (Get-Command -Module SecureStation).Name
    $examples = foreach ($command in $commands) {
        $markdown = [IO.File]::ReadAllText("$root/docs/en-US/$command.md") -replace "`r"
        foreach ($match in [regex]::Matches($markdown, '(?ms)^### (Example \d+: [^\n]+)\n\s*```powershell\n(.*?)^```')) {
            @{ Command = $command; Title = $match.Groups[1].Value; Code = $match.Groups[2].Value }
        }
    }
}

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'The help' {
    It 'is up to date: build/Update-Help.ps1 has nothing to write' {
        & "$root/build/Update-Help.ps1" -Check | Should -BeNullOrEmpty
    }

    It 'of <_> has a synopsis, a description, all parameters and two examples or more' -ForEach $commands {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Match '\.$'
        $help.Description.Text | Should -Not -BeNullOrEmpty
        @($help.Examples.example).Count | Should -BeGreaterOrEqual 2
        foreach ($parameter in $help.parameters.parameter) {
            $parameter.description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.name)"
        }
    }

    It 'has an about topic' {
        Get-Help about_SecureStation | Out-String | Should -Match 'SHORT DESCRIPTION'
    }

    It 'of <Command>, <Title>, works' -ForEach $examples {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))
        $before = $env:XDG_CONFIG_HOME, $env:APPDATA
        $env:XDG_CONFIG_HOME = $env:APPDATA = "$folder/configuration"
        Push-Location $folder
        try {
            $Error.Clear()
            $failures = [scriptblock]::Create($Code).Invoke() *>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] }
            $failures | Should -BeNullOrEmpty
            if ($Code -notmatch 'SilentlyContinue') { $Error | Should -BeNullOrEmpty }
        } finally {
            Pop-Location
            Get-StationListener | Stop-StationListener
            Get-StationSession | Disconnect-Station -Force
            $env:XDG_CONFIG_HOME, $env:APPDATA = $before
        }
    }
}
