BeforeDiscovery { . $PSScriptRoot/Setup.ps1 }

BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationFingerprint -As Digits' {
    AfterEach { Get-StationListener | Stop-StationListener }

    It 'writes twelve groups of five, of a key wherever it is' {
        $store = New-TestKeyStore
        $key = New-StationKeyPair alice @store
        Export-StationKeyPair alice $TestDrive/alice.pem -PublicOnly @store
        $digits = Get-StationFingerprint $key -As Digits
        $digits | Should -MatchExactly '^\d{5}( \d{5}){11}$'
        $key.PublicKey, $key.Fingerprint, 'alice' | Get-StationFingerprint -As Digits @store | Should -Be $digits, $digits, $digits
        Get-StationFingerprint -Path $TestDrive/alice.pem -As Digits | Should -Be $digits
        Get-StationFingerprint (New-StationKeyPair) -As Digits | Should -Not -Be $digits
    }

    It 'writes the same on both sides of a session, of both keys' {
        $trust = New-TestTrustStore
        $listener = Start-StationListener -Port 0 @trust
        $session = Connect-Station $listener.Invitation @trust
        $other = Wait-StationSession $listener -TimeoutSec 30
        $digits = $session | Get-StationFingerprint -As Digits
        $other | Get-StationFingerprint -As Digits | Should -Be $digits
        $digits | Should -Not -Be (Get-StationFingerprint $listener -As Digits)
        $session | Get-StationFingerprint | Should -Be (Get-StationFingerprint $listener)
    }

    It 'says NotFound of a session without identities' -Skip:(-not $hasLegacy) {
        $quiet = @{ AllowLegacy = $true; Protocol = 'AesChat'; WarningAction = 'Ignore' }
        $listener = Start-StationListener -Port 0 @quiet
        $session = Connect-Station -HostName 127.0.0.1 -Port $listener.Port @quiet
        (Get-ErrorOf { $session | Get-StationFingerprint -As Digits }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationFingerprintCommand'
    }
}

Describe 'Get-StationFingerprint' {
    BeforeAll {
        $store = New-TestKeyStore
        $key = New-StationKeyPair alice @store
        Export-StationKeyPair $key "$TestDrive/alice.pub.pem" -PublicOnly
        $expected = "$($key.Fingerprint)"
    }

    It 'is that of the key, whoever has it' {
        $listener = Start-StationListener -KeyPair $key
        try {
            $session = Connect-Station $listener.Invitation
            foreach ($source in $key, $key.PublicKey, (Get-StationKeyPair alice @store), $listener, $session) {
                "$($source | Get-StationFingerprint)" | Should -Be $expected
            }
        } finally {
            Stop-StationListener $listener
        }
    }

    It 'takes a name' { "$(Get-StationFingerprint alice @store)" | Should -Be $expected }

    It 'takes a file' { "$(Get-StationFingerprint -Path "$TestDrive/*.pub.pem")" | Should -Be $expected }

    It 'is what openssl computes' -Skip:(-not (Get-Command openssl -ErrorAction Ignore)) {
        $hex = $(openssl pkey -pubin -in "$TestDrive/alice.pub.pem" -outform DER -out "$TestDrive/alice.der"; (Get-FileHash "$TestDrive/alice.der" -Algorithm SHA256).Hash)
        (Get-StationFingerprint alice @store).Hex | Should -Be $hex
    }

    It 'says of other things that they have none' {
        (Get-ErrorOf { 5 | Get-StationFingerprint }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.GetStationFingerprintCommand'
        (Get-ErrorOf { Get-StationFingerprint nobody @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationFingerprintCommand'
    }
}
