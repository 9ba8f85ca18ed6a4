BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'build.ps1 Pack' {
    BeforeAll {
        $package, $again = 'one', 'two' | ForEach-Object { & $root/tools/Package/New-Package.ps1 "$TestDrive/$_" }
        $version = (Import-PowerShellDataFile $root/SecureStation.psd1).ModuleVersion

        # Whatever PowerShell keeps for a user lies in an empty home.
        # PSResourceGet installs into ~/.local/share, and PowerShell looks where XDG_DATA_HOME says.
        $isolated = @{ PSModulePath = ''; HOME = "$TestDrive/home"; XDG_DATA_HOME = "$TestDrive/home/.local/share" }
        foreach ($name in 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'LOCALAPPDATA', 'APPDATA') { $isolated[$name] = "$TestDrive/home/$name" }
        $kept = @{}
        foreach ($name in $isolated.Keys) {
            $kept[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $isolated[$name])
        }
        $null = New-Item -ItemType Directory -Force ($isolated.Values.Where{ $_ } + "$TestDrive/repository" + "$TestDrive/tour")
    }

    AfterAll { foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) } }

    It 'makes one file, the same bytes each time, with all that belongs in it' {
        $package.Name | Should -Be "SecureStation.$version.nupkg"
        ($again | Get-FileHash).Hash | Should -Be ($package | Get-FileHash).Hash
        $zip = [IO.Compression.ZipFile]::OpenRead($package)
        try {
            $names = $zip.Entries.FullName
            foreach ($name in 'SecureStation.psd1', 'SecureStation.nuspec', 'LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs/protocol/station-1.md',
                'en-US/SecureStation.PowerShell.dll-Help.xml', 'bin/SecureStation.Core.dll', 'bin/BouncyCastle.Cryptography.dll', 'sbom.cdx.json') {
                $names | Should -Contain $name
            }
            $names -like '*.pdb' | Should -BeNullOrEmpty
            $names -join "`n" | Should -BeExactly (($names | Sort-Object { [Convert]::ToHexString([Text.Encoding]::UTF8.GetBytes($_)) }) -join "`n")
            $bill = [IO.StreamReader]::new($zip.GetEntry('sbom.cdx.json').Open()).ReadToEnd() | ConvertFrom-Json
        } finally {
            $zip.Dispose()
        }
        $bill.metadata.component.name, $bill.metadata.component.version | Should -Be 'SecureStation', $version
        $bill.components.name | Should -Contain 'BouncyCastle.Cryptography'
    }

    It 'is published to a folder, installed from there, and runs the tour' {
        $install = $IsWindows ? "Save-PSResource SecureStation -Repository Folder -Path '$TestDrive/modules'" : 'Install-PSResource SecureStation -Repository Folder'
        $found = Invoke-PowerShell @"
Register-PSResourceRepository -Name Folder -Uri '$TestDrive/repository' -Trusted
Publish-PSResource -NupkgPath '$package' -Repository Folder
(Find-PSResource SecureStation -Repository Folder).Includes.Cmdlet.Count
$install
"@
        $found | Should -Be (Get-Command -Module SecureStation).Count
        if ($IsWindows) { $env:PSModulePath = "$TestDrive/modules" }
        (Invoke-PowerShell 'Import-Module SecureStation; (Get-Module SecureStation).ModuleBase') | Should -BeLike "$TestDrive*SecureStation*$version"
        Invoke-PowerShell 'Import-Module SecureStation; (Get-Help Connect-Station).Synopsis' | Should -BeLike 'Connects to a *'

        Copy-Item $root/examples/Quickstart/quickstart.ps1 $TestDrive/tour
        $listener, $client = 'Listener', 'Client' | ForEach-Object { Start-PowerShell '-File', "$TestDrive/tour/quickstart.ps1", $_, "$TestDrive/tour/invitation.txt" -Redirect }
        try {
            $heard, $seen = $listener.StandardOutput.ReadToEndAsync(), $client.StandardOutput.ReadToEndAsync()
            [Threading.Tasks.Task]::WaitAll(@($heard, $seen), 120000) | Should -BeTrue
            $listener.WaitForExit(10000), $client.WaitForExit(10000) | Should -Be $true, $true
            "$($listener.ExitCode) $($client.ExitCode) $($listener.StandardError.ReadToEnd())$($client.StandardError.ReadToEnd())" | Should -Be '0 0 '
        } finally {
            Stop-PowerShell $listener
            Stop-PowerShell $client
        }
        $seen.Result | Should -BeLike '*Just these bytes arrived*'
    }
}
