BeforeAll { . $PSScriptRoot/Setup.ps1 }

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
