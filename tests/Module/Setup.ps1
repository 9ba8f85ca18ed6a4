# What every test file begins with: the built module, and nothing of the user's own keys and peers.
Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'SecureStation.psd1')) -ErrorAction Stop

if (-not $env:STATION_TEST_HOME) {
    $env:STATION_TEST_HOME = [IO.Directory]::CreateTempSubdirectory('station-test-').FullName
    $env:XDG_CONFIG_HOME = $env:STATION_TEST_HOME
    $env:APPDATA = $env:STATION_TEST_HOME
}

$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
. $root/tools/PowerShell/PowerShellProcess.ps1

# The old protocols can be deleted from the module; what needs them is skipped then.
$hasLegacy = Test-Path (Join-Path $root bin/SecureStation.Legacy.dll)

# Splatted, they name stores that no other test has.
function New-TestKeyStore { @{ KeyStore = Join-Path $TestDrive "keys-$([guid]::NewGuid().ToString('n'))" } }
function New-TestTrustStore { @{ TrustStore = Join-Path $TestDrive "peers-$([guid]::NewGuid().ToString('n'))" } }

# Waits for what comes to pass in the background; a busy machine may take a while.
function Wait-Until([scriptblock] $Condition) {
    $end = [Environment]::TickCount64 + 60000
    while (-not (& $Condition)) {
        if ([Environment]::TickCount64 -gt $end) { throw "It did not come to pass: $Condition" }
        Start-Sleep -Milliseconds 20
    }
}

# The error that a script block writes or throws, and nothing else of it.
function Get-ErrorOf([scriptblock] $Script) {
    try {
        $records = & { $ErrorActionPreference = 'Continue'; & $Script } 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] }
        $records | Select-Object -First 1
    } catch {
        $_
    }
}

# What a user sees of an object in every way that shows one.
function Get-Everything($InputObject) {
    "$InputObject"
    $InputObject | Out-String
    $InputObject | Format-List * -Force | Out-String
    $InputObject | Format-Table * -Force | Out-String
    $InputObject | Select-Object * | Out-String
    $InputObject | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue
    $InputObject | ConvertTo-Csv
}
