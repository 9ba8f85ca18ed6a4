<#
.SYNOPSIS
Builds, tests, measures and packs SecureStation: thin, over dotnet and Pester.

.PARAMETER Task
Build: everything, and ./bin with it. Test: all tests, Pester's too. Bench: the comparison with TCP and TLS.
Pack: the module as out/SecureStation.<version>.nupkg, always of a Release build. Help: the help from docs/en-US. Clean: what the others made.

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
            dotnet build tools/Package -c Release
            ./tools/Package/New-Package.ps1
        }
        'Clean' {
            Get-ChildItem src, tests, tools, benchmarks, examples -Directory -Recurse -Include bin, obj -ErrorAction Ignore | Remove-Item -Recurse
            'bin', 'out' | Where-Object { Test-Path $_ } | Remove-Item -Recurse
        }
    }
} finally {
    Pop-Location
}
