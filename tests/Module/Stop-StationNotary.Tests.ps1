BeforeAll { . $PSScriptRoot/NotarySetup.ps1 }

Describe 'Stop-StationNotary' {
    BeforeAll { $tsa = New-StationNotaryCertificate -Algorithm EcdsaP256 }

    It 'stops those that are piped in, and writes them with -PassThru' {
        $one = Start-StationNotary $tsa
        $one | Stop-StationNotary | Should -BeNullOrEmpty
        $one.IsListening | Should -BeFalse
        $two = Start-StationNotary $tsa
        ($two | Stop-StationNotary -PassThru).Id | Should -Be $two.Id
        Get-StationNotary | Should -BeNullOrEmpty
    }

    It 'frees the port and the log' {
        $one = Start-StationNotary $tsa -LogPath "$TestDrive/a.log"
        $port = $one.Port
        Stop-StationNotary $one
        Start-StationNotary $tsa -Port $port -LogPath "$TestDrive/a.log" | Stop-StationNotary
    }

    It 'does nothing with -WhatIf, nor to one that was stopped' {
        $one = Start-StationNotary $tsa
        Stop-StationNotary $one -WhatIf
        $one.IsListening | Should -BeTrue
        Stop-StationNotary $one
        Stop-StationNotary $one
    }
}
