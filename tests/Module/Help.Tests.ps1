# The help is the markdown in docs/en-US. Every page fits its cmdlet, and every example in it runs.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $commands = (Get-Command -Module SecureStation -CommandType Cmdlet).Name | ForEach-Object { @{ Name = $_; Page = Join-Path $root "docs/en-US/$_.md" } }
    $topics = Get-ChildItem (Join-Path $root docs/en-US) -Filter about_*.md | ForEach-Object { @{ Name = $_.BaseName; Page = $_.FullName } }
    $examples = foreach ($page in Get-ChildItem (Join-Path $root docs/en-US) -Filter *-*.md) {
        $text = Get-Content -Raw $page.FullName
        foreach ($match in [regex]::Matches($text, '(?ms)^### (?<title>Example \d+: [^\n]+)\n\n```powershell\n(?<code>.*?)\n```')) {
            @{ Name = $page.BaseName; Title = $match.Groups['title'].Value; Code = $match.Groups['code'].Value }
        }
    }
}

Describe 'Help' {
    BeforeAll {
        . $PSScriptRoot/Setup.ps1
        . (Join-Path $root docs/HelpText.ps1)
        $online = (Import-PowerShellDataFile (Join-Path $root SecureStation.psd1)).PrivateData.PSData.ProjectUri + '/blob/main/docs/en-US'
    }

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

    It '<Name>''s page and Get-Help have the syntax that the cmdlet has' -ForEach $commands {
        $common = [Management.Automation.PSCmdlet]::CommonParameters
        $actual = (Get-Command $Name).ParameterSets.ForEach{
            $_.Parameters.Where{ $_.Name -notin $common }.ForEach{ $_.Name + ($_.IsMandatory ? '!' : '') } | Sort-Object | Join-String -Separator ' '
        } | Sort-Object

        # -Name is optional inside brackets, also as [[-Name] <string>], and mandatory as -Name or [-Name] alone.
        $section = [regex]::Match((Get-Content -Raw $Page), '(?ms)^## SYNTAX\n.*?(?=^## )').Value
        $written = [regex]::Matches($section, '(?s)```\n\S+(.*?)```').ForEach{
            [regex]::Matches($_.Groups[1].Value, '\[\[-(?<optional>\w+)\]|\[-(?<mandatory>\w+)\] <|\[-(?<optional>\w+)[ \]]|-(?<mandatory>\w+) ').ForEach{
                $_.Groups['optional'].Success ? $_.Groups['optional'].Value : $_.Groups['mandatory'].Value + '!'
            } | Sort-Object | Join-String -Separator ' '
        } | Sort-Object
        $written | Should -Be $actual -Because 'docs/Update-HelpPages.ps1 brings the page up to date'

        $shown = (Get-Help $Name).syntax.syntaxItem.ForEach{
            $_.parameter.Where{ $_.name -notin $common }.ForEach{ $_.name + ($_.required -eq 'true' ? '!' : '') } | Sort-Object | Join-String -Separator ' '
        } | Sort-Object
        $shown | Should -Be $actual -Because 'docs/Export-Help.ps1 makes the help from the page'
    }

    It 'Get-Help <Name> says what the page says' -ForEach $commands {
        $text = Get-Content -Raw $Page
        $help = Get-Help $Name -Full
        $help.Synopsis.Trim() | Should -Be (([regex]::Match($text, '(?ms)^## SYNOPSIS\n\n(.*?)\n\n## ').Groups[1].Value -replace '`', '').Trim() -replace '\s*\n', ' ') -Because 'docs/Export-Help.ps1 makes the help from the page'
        $code = [regex]::Matches($text, '(?ms)^```powershell\n(.*?)\n```').ForEach{ $_.Groups[1].Value -replace '\s' }
        $shown = -join @($help.examples.example).ForEach{ "$($_.introduction.Text)$($_.code)$($_.remarks.Text)" } -replace '\s'
        foreach ($block in $code) { $shown | Should -BeLike "*$([WildcardPattern]::Escape($block))*" }
        foreach ($parameter in $help.parameters.parameter) { $parameter.description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.name)" }
    }

    It 'Get-Help knows <Name>' -ForEach $commands {
        $help = Get-Help $Name
        $help.Synopsis | Should -Not -Match "^\s*$Name "
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It '<Name>''s page says the default of every parameter, and Get-Help shows it' -ForEach $commands {
        $text = Get-Content -Raw $Page
        $command = Get-Command $Name
        $shown = (Get-Help $Name -Full).parameters.parameter
        foreach ($parameter in $command.Parameters.Keys.Where{ $_ -notin [Management.Automation.PSCmdlet]::CommonParameters }) {
            $written = Get-WrittenDefault $text $parameter
            $written | Should -Not -BeNullOrEmpty -Because "-$parameter has one; docs/Update-HelpPages.ps1 writes it, or None to be filled in"
            $actual = Get-ParameterDefault $command $parameter
            if ($actual) { $written | Should -Be $actual -Because "-$parameter has that; docs/Update-HelpPages.ps1 writes it" }
            $shown.Where{ $_.name -eq $parameter }.defaultValue | Should -Be $written -Because "-$parameter; docs/Export-Help.ps1 makes the help from the page"
        }
    }

    It 'Get-Help <Name> shows examples as code and text as text, without marks of markdown' -ForEach $commands {
        $help = Get-Help $Name -Full
        foreach ($example in $help.examples.example) {
            $example.code | Should -Not -BeNullOrEmpty -Because $example.title
            "$($example.introduction.Text)$($example.code)$($example.remarks.Text)" | Should -Not -Match '```' -Because $example.title
        }

        # A backtick is right in code only, where it continues a line.
        $texts = @($help.Synopsis) + $help.description.Text + $help.parameters.parameter.description.Text + $help.alertSet.alert.Text
        $texts | Should -Not -Match '`|\]\('
    }

    It 'Get-Help <Name> -Online opens the page of the cmdlet' -ForEach $commands {
        (Get-Command $Name).HelpUri | Should -Be "$online/$Name.md"
    }

    It 'Get-Help <Name> shows a topic with a synopsis, as plain text' -ForEach $topics {
        $short = [regex]::Match((Get-Content -Raw $Page), '(?ms)^## SHORT DESCRIPTION\n+(.*?)\n\n').Groups[1].Value -replace '\n', ' '
        $short | Should -Not -BeNullOrEmpty
        $topic = Get-Content -Raw (Join-Path $root "en-US/$Name.help.txt")
        @(Get-Help about_*).Where{ $_.Name -eq $Name }.Synopsis | Should -Be (ConvertTo-PlainText $short)
        $topic | Should -Not -Match '(?m)^\s*#{1,6} \S.*\n\n|```|`\w'
        $topic | Should -Match "(?m)^TOPIC\n    $Name\n"
    }

    It 'about_LegacyProtocols names all four at once' {
        $synopsis = @(Get-Help about_*).Where{ $_.Name -eq 'about_LegacyProtocols' }.Synopsis
        foreach ($one in 'IdeaStation', 'AesChat', 'DocumentNotary', 'Diffie-Hellman') { $synopsis | Should -BeLike "*$one*" }
    }
}

Describe 'Examples of the help' {
    BeforeAll { . $PSScriptRoot/Setup.ps1 }

    It '<Name>, <Title>' -ForEach $examples {
        if ($Code -match '-AllowLegacy' -and -not $hasLegacy) { Set-ItResult -Skipped -Because 'the old protocols are not part of this build' }

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
