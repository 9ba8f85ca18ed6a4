<#
.SYNOPSIS
Builds, tests, measures and packs SecureStation: thin, over dotnet and Pester.

.PARAMETER Task
Build: everything, and ./bin with it. Test: all tests, Pester's too where pwsh and Pester are found. Bench: the comparison with TCP and TLS.
Pack: the module as a folder under ./out. Help: the help from docs/en-US. Clean: what the others made.

.PARAMETER Configuration
Release or Debug; the module's own code is optimised in both.

.EXAMPLE
./build.ps1 Test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Bench', 'Pack', 'Help', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location $PSScriptRoot
try {
    switch ($Task) {
        'Build' { dotnet build SecureStation.slnx -c $Configuration }
        'Test' { dotnet test --solution SecureStation.slnx -c $Configuration }
        'Bench' { dotnet run -c Release --project benchmarks -- compare }
        'Help' {
            # In a process of its own: a module that is loaded keeps its assemblies until the process ends.
            dotnet build src/SecureStation.PowerShell -c $Configuration
            . ./tools/PowerShell/PowerShellProcess.ps1
            Invoke-PowerShell './docs/Export-Help.ps1'
        }
        'Pack' {
            dotnet build src/SecureStation.PowerShell -c $Configuration
            $version = (Import-PowerShellDataFile SecureStation.psd1).ModuleVersion
            $package = "out/SecureStation/$version"
            if (Test-Path $package) { Remove-Item $package -Recurse }
            $null = New-Item -ItemType Directory -Force $package
            Copy-Item SecureStation.psd1, LICENSE, bin, en-US $package -Recurse
            Get-ChildItem $package -Recurse -Filter *.pdb | Remove-Item
            Write-Output (Resolve-Path $package).Path
        }
        'Clean' {
            Get-ChildItem src, tests, benchmarks, examples -Directory -Recurse -Include bin, obj -ErrorAction Ignore | Remove-Item -Recurse
            'bin', 'out' | Where-Object { Test-Path $_ } | Remove-Item -Recurse
        }
    }
} finally {
    Pop-Location
}
