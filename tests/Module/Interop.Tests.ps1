# Raw Noise with two implementations that are not ours; see tests/interop/noise/README.md.
BeforeDiscovery {
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $cache = Join-Path ([IO.Path]::GetTempPath()) 'station-interop'

    function Find-Flynn {
        if (-not (Get-Command go -ErrorAction Ignore) -or -not (Test-Path /usr/share/gocode/src/github.com/flynn/noise)) {
            return 'Debian''s golang-go and golang-github-flynn-noise-dev are not installed'
        }
        $null = New-Item -ItemType Directory -Force $cache
        $driver = Join-Path $cache "flynn-$PID"
        $env:GOPATH, $env:GO111MODULE, $env:GOFLAGS = '/usr/share/gocode', 'off', ''
        $env:GOCACHE = Join-Path $cache go
        $said = go build -o $driver (Join-Path $root tests/interop/noise/flynn/main.go) 2>&1
        if ($LASTEXITCODE) { return "go build failed: $said" }
        @{ File = $driver; Arguments = @() }
    }

    function Find-NoiseC {
        if (-not (Get-Command node -ErrorAction Ignore)) { return 'node is not installed' }
        $modules = $env:STATION_NODE_MODULES ? $env:STATION_NODE_MODULES : (Join-Path $cache node_modules)
        if (-not (Test-Path (Join-Path $modules noise-c.wasm))) {
            if ($env:STATION_NODE_MODULES -or -not (Get-Command npm -ErrorAction Ignore)) { return 'noise-c.wasm is not installed' }
            $null = New-Item -ItemType Directory -Force $cache
            $null = npm install --prefix $cache --no-audit --no-fund --fetch-timeout=20000 --fetch-retries=0 noise-c.wasm@0.4.0 2>&1
            if ($LASTEXITCODE) { return 'npm cannot install noise-c.wasm' }
        }
        @{ File = 'node'; Arguments = @(Join-Path $root tests/interop/noise/noise-c/driver.js); Modules = $modules }
    }

    $names = @{
        flynn = 'Noise_N_25519_AESGCM_SHA256', 'Noise_X_25519_ChaChaPoly_BLAKE2s', 'Noise_NN_25519_ChaChaPoly_BLAKE2b', 'Noise_NK_25519_AESGCM_SHA512',
        'Noise_KX_25519_ChaChaPoly_SHA256', 'Noise_XX_25519_AESGCM_SHA256', 'Noise_IK_25519_ChaChaPoly_BLAKE2s', 'Noise_IX_25519_AESGCM_BLAKE2b',
        'Noise_NNpsk0_25519_AESGCM_SHA256', 'Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s', 'Noise_XXpsk3_25519_AESGCM_SHA256'
        'noise-c' = 'Noise_X_25519_ChaChaPoly_BLAKE2s', 'Noise_NN_25519_ChaChaPoly_BLAKE2b', 'Noise_NK_25519_AESGCM_SHA512', 'Noise_KX_25519_ChaChaPoly_SHA256',
        'Noise_XX_25519_AESGCM_SHA256', 'Noise_XK_25519_ChaChaPoly_SHA512', 'Noise_IK_25519_ChaChaPoly_BLAKE2s', 'Noise_IX_25519_AESGCM_BLAKE2b'
    }
    $drivers = @{ flynn = Find-Flynn; 'noise-c' = Find-NoiseC }
    $cases = foreach ($driver in $drivers.Keys) {
        if ($drivers[$driver] -is [string]) {
            Write-Host "Noise interop with $driver skipped: $($drivers[$driver])."
            @{ Driver = $driver; Name = 'all'; Role = 'any'; Skip = $true }
        } else {
            foreach ($name in $names[$driver]) {
                foreach ($role in 'Initiator', 'Responder') { @{ Driver = $driver; Name = $name; Role = $role; How = $drivers[$driver] } }
            }
        }
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    function Start-Driver($How, [string[]] $Arguments) {
        $start = [Diagnostics.ProcessStartInfo]::new($How.File, [string[]]($How.Arguments + $Arguments))
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        if ($How.Modules) { $start.Environment['NODE_PATH'] = $How.Modules }
        [Diagnostics.Process]::Start($start)
    }

    # The next line of the driver, without its mark.
    function Read-Driver($Process, $Mark) {
        $line = $Process.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(20000)) { throw 'The driver is silent.' }
        if (-not $line.Result) { throw "The driver ended: $($Process.StandardError.ReadToEnd())" }
        $line.Result.Substring(0, 1) | Should -Be $Mark
        $line.Result.Substring(2)
    }
}

Describe 'Raw Noise with another implementation' {
    It '<Driver>: <Name>, as the <Role>' -ForEach $cases {
        if ($Skip) { Set-ItResult -Skipped -Because "$Driver cannot be had here" }
        $random = [Security.Cryptography.RandomNumberGenerator]
        $mine, $theirs = [byte[]]$random::GetBytes(32), [byte[]]$random::GetBytes(32)
        $psk = [Convert]::ToHexString($random::GetBytes(32))
        $public = { param($private) "$([StationNoiseKeyPair]::FromPrivateKey($private))" }
        $isInitiator = $Role -eq 'Initiator'
        $patternName = ($Name -split '_')[1]
        $base = $patternName -creplace '[a-z].*'

        # Which sides have a static key, and which of them is known beforehand, from the letters of the pattern.
        $letters = if ($base.Length -eq 1) { @{ N = 'N', 'K'; K = 'K', 'K'; X = 'X', 'K' }[$base] } else { $base[0], $base[1] }
        $my, $their = if ($isInitiator) { $letters } else { $letters[1], $letters[0] }
        $of = @{ NoiseProtocol = $Name; Role = $Role; Prologue = 'interop' }
        if ($my -ne 'N') { $of.StaticKey = $mine }
        if ($their -eq 'K') { $of.RemoteStatic = & $public $theirs }
        if ($patternName -ne $base) { $of.Psk = $psk }
        $handshake = New-StationHandshake @of

        $arguments = $Name, ($isInitiator ? 'responder' : 'initiator'), [Convert]::ToHexString([Text.Encoding]::UTF8.GetBytes('interop')),
            ($their -ne 'N' ? [Convert]::ToHexString($theirs) : '-'), ($my -eq 'K' ? (& $public $mine) : '-'), $psk
        $process = Start-Driver $How $arguments
        try {
            $message = if ($isInitiator) { Step-StationHandshake $handshake -Payload 'station' }
            while ($handshake.State -eq 'ReadDue' -or $message) {
                if ($message) {
                    $process.StandardInput.WriteLine($message.ToHex())
                    Read-Driver $process '=' | Should -Be ([Convert]::ToHexString([Text.Encoding]::ASCII.GetBytes('station')))
                    $message = $null
                } else {
                    $message = Read-Driver $process '>' | Step-StationHandshake $handshake -Payload 'station'
                    [Text.Encoding]::ASCII.GetString($handshake.ReceivedPayload) | Should -Be 'driver'
                }
            }
            $handshake.State | Should -Be 'MessagesComplete'
            Read-Driver $process '#' | Should -Be $handshake.HandshakeHash

            $session = $handshake | Complete-StationHandshake
            $directions = if ($handshake.MessageCount -eq 1) { , $true } else { $true, $false }
            foreach ($fromInitiator in $directions) {
                if ($fromInitiator -eq $isInitiator) {
                    $process.StandardInput.WriteLine([Convert]::ToHexString($session.EncryptTransport([Text.Encoding]::ASCII.GetBytes('transport'))))
                    Read-Driver $process '=' | Should -Be ([Convert]::ToHexString([Text.Encoding]::ASCII.GetBytes('transport')))
                } else {
                    [Text.Encoding]::ASCII.GetString($session.DecryptTransport([Convert]::FromHexString((Read-Driver $process '>')))) | Should -Be 'driver'
                }
            }
            $process.WaitForExit(5000) | Should -BeTrue
            $process.ExitCode | Should -Be 0
        } finally {
            if (-not $process.HasExited) { $process.Kill() }
            $process.Dispose()
        }
    }
}
