# The help is the markdown in docs/en-US. Every page fits its cmdlet, and every example in it runs.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $commands = (Get-Command -Module SecureStation -CommandType Cmdlet).Name | ForEach-Object { @{ Name = $_; Page = Join-Path $root "docs/en-US/$_.md" } }
    $examples = foreach ($page in Get-ChildItem (Join-Path $root docs/en-US) -Filter *-*.md) {
        $text = Get-Content -Raw $page.FullName
        foreach ($match in [regex]::Matches($text, '(?ms)^### (?<title>Example \d+: [^\n]+)\n\n```powershell\n(?<code>.*?)\n```')) {
            @{ Name = $page.BaseName; Title = $match.Groups['title'].Value; Code = $match.Groups['code'].Value }
        }
    }
}

Describe 'Help' {
    BeforeAll { . $PSScriptRoot/Setup.ps1 }

    It '<Name> has a page with a synopsis and two examples or more' -ForEach $commands {
        $Page | Should -Exist
        $text = Get-Content -Raw $Page
        $text | Should -Match "(?m)^# $Name$"
        $text | Should -Not -Match '\{\{'
        ([regex]::Matches($text, '(?m)^### Example \d+: ')).Count | Should -BeGreaterOrEqual 2
    }

    It '<Name>''s page describes the parameters that the cmdlet has' -ForEach $commands {
        $described = [regex]::Matches((Get-Content -Raw $Page), '(?m)^### -(\w+)\n\n\S').ForEach{ $_.Groups[1].Value } | Sort-Object
        $common = [Management.Automation.PSCmdlet]::CommonParameters
        $actual = (Get-Command $Name).Parameters.Keys.Where{ $_ -notin $common } | Sort-Object
        $described | Should -Be $actual
    }

    It 'Get-Help knows <Name>' -ForEach $commands {
        $help = Get-Help $Name
        $help.Synopsis | Should -Not -Match "^\s*$Name "
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It 'Get-Help knows about_SecureStation' {
        Join-Path $root en-US/about_SecureStation.help.txt | Should -Exist
    }
}

Describe 'Examples of the help' {
    BeforeAll { . $PSScriptRoot/Setup.ps1 }

    It '<Name>, <Title>' -ForEach $examples {
        $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
        $null = New-Item -ItemType Directory $folder
        $config = $env:XDG_CONFIG_HOME, $env:APPDATA
        Push-Location $folder
        try {
            $env:XDG_CONFIG_HOME = $env:APPDATA = $folder
            $ErrorActionPreference = 'Stop'
            $null = & ([scriptblock]::Create($Code))
        } finally {
            Pop-Location
            $env:XDG_CONFIG_HOME, $env:APPDATA = $config
            Get-StationSession | Disconnect-Station -Force -ErrorAction Ignore
            Get-StationListener | Stop-StationListener -ErrorAction Ignore
        }
    }
}
