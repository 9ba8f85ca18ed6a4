BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Get-StationNotaryLog' {
    BeforeAll {
        $notary = New-StationNotaryCertificate -Algorithm EcdsaP256 | Start-StationNotary -LogPath "$TestDrive/notary.log"
        $folder = New-TestDocument a, b
        $stamps = Get-ChildItem $folder/? | Request-StationTimestamp -Uri $notary.Uri
    }

    AfterAll { Get-StationNotary | Stop-StationNotary }

    It 'writes the entries of a notary, of the pipeline, and of files' {
        (Get-StationNotaryLog $notary).SerialNumber | Should -Be $stamps.SerialNumber
        ($notary | Get-StationNotaryLog).Sequence | Should -Be 1, 2
        (Get-StationNotaryLog "$TestDrive/not*.log").Count | Should -Be 2
        (Get-Item "$TestDrive/notary.log" | Get-StationNotaryLog).Count | Should -Be 2
        (Get-StationNotaryLog $notary)[0].Token.Time | Should -Be $stamps[0].Time
    }

    It 'writes the head' {
        "$(Get-StationNotaryLog $notary -Head)" | Should -Be "$($notary.LogHead)"
    }

    It 'says NotFound of a notary without a log, and of a file that is not there' {
        $other = New-StationNotaryCertificate -Algorithm EcdsaP256 | Start-StationNotary
        (Get-ErrorOf { Get-StationNotaryLog $other }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationNotaryLogCommand'
        (Get-ErrorOf { Get-StationNotaryLog -LiteralPath "$TestDrive/none" }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationNotaryLogCommand'
    }

    It 'says of a line that it is no entry' {
        Set-Content "$TestDrive/bad.log" 'hello'
        (Get-StationNotaryLog "$TestDrive/bad.log").Problem | Should -BeLike '*no entry*'
    }
}
