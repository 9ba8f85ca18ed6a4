BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationListener' {
    BeforeAll {
        $peers = New-TestTrustStore
        $one = Start-StationListener @peers
        $two = Start-StationListener @peers
    }

    AfterAll { Get-StationListener | Stop-StationListener }

    It 'lists the listeners of the process, the oldest first' { (Get-StationListener).Id | Should -Be $one.Id, $two.Id }

    It 'takes ids, with wildcards, from the pipeline' {
        (Get-StationListener $two.Id).Port | Should -Be $two.Port
        (Get-StationListener "$($two.Id.Substring(0, 6))*").Port | Should -Be $two.Port
        ($one.Id, $two.Id | Get-StationListener).Count | Should -Be 2
    }

    It 'says that an id is not there' {
        (Get-ErrorOf { Get-StationListener nothing }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationListenerCommand'
    }

    It 'shows no listener that has stopped' {
        $three = Start-StationListener @peers
        Stop-StationListener $three
        (Get-StationListener).Id | Should -Not -Contain $three.Id
    }
}
