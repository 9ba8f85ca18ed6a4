BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Import-StationPublicKey' {
    BeforeAll {
        $keys = 'Ed25519', 'P-256', 'Rsa' | ForEach-Object { New-StationKeyPair -Algorithm $_ }
        $keys | ForEach-Object { Export-StationKeyPair $_ "$TestDrive/$($_.Algorithm).pub.pem" -PublicOnly }
    }

    It 'reads keys of all algorithms' {
        $read = Import-StationPublicKey "$TestDrive/*.pub.pem"
        $read.Count | Should -Be 3
        "$($read.Fingerprint | Sort-Object Text)" | Should -Be "$($keys.Fingerprint | Sort-Object Text)"
    }

    It 'takes files from the pipeline' {
        (Get-ChildItem "$TestDrive/*.pub.pem" | Import-StationPublicKey).Count | Should -Be 3
    }

    It "reads OpenSSH's line, and says what a certificate is" {
        Export-StationKeyPair $keys[0] "$TestDrive/id.pub" -PublicOnly -Format OpenSsh
        "$((Import-StationPublicKey "$TestDrive/id.pub").Fingerprint)" | Should -Be "$($keys[0].Fingerprint)"
        $type = 'ssh-ed25519-cert-v01@openssh.com'
        $blob = [Convert]::ToBase64String([byte[]](0, 0, 0, $type.Length) + [Text.Encoding]::ASCII.GetBytes($type))
        Set-Content "$TestDrive/id-cert.pub" "$type $blob"
        $failure = Get-ErrorOf { Import-StationPublicKey "$TestDrive/id-cert.pub" }
        $failure.FullyQualifiedErrorId | Should -Be 'InvalidKey,SecureStation.Commands.ImportStationPublicKeyCommand'
        "$failure" | Should -BeLike '*certificate*'
    }

    It 'takes no private key for a public one' {
        Export-StationKeyPair $keys[0] "$TestDrive/private.pem"
        (Get-ErrorOf { Import-StationPublicKey "$TestDrive/private.pem" }).FullyQualifiedErrorId | Should -Be 'InvalidKey,SecureStation.Commands.ImportStationPublicKeyCommand'
    }

    It 'says that a file is not there, and reads the next' {
        $read = Import-StationPublicKey "$TestDrive/none.pem", "$TestDrive/Rsa.pub.pem" -ErrorAction SilentlyContinue -ErrorVariable failures
        $read.Algorithm | Should -Be 'Rsa'
        $failures[0].FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.ImportStationPublicKeyCommand'
        $failures[0].TargetObject | Should -Be "$TestDrive/none.pem"
    }

    It 'gives bytes and text by methods' {
        $read = Import-StationPublicKey "$TestDrive/Ed25519.pub.pem"
        $read.ToBytes().Length | Should -Be 44
        $read.ToPem().Trim() | Should -Be (Get-Content -Raw "$TestDrive/Ed25519.pub.pem").Trim()
    }
}
