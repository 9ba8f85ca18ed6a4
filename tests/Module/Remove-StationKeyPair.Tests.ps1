BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Remove-StationKeyPair' {
    BeforeEach {
        $store = New-TestKeyStore
        $null = 'a', 'b', 'other' | New-StationKeyPair @store
    }

    It 'removes a key' {
        Remove-StationKeyPair a -Confirm:$false @store
        (Get-StationKeyPair @store).Name | Should -Be 'b', 'other'
        Get-ChildItem $store.KeyStore -Filter 'a*' | Should -BeNullOrEmpty
    }

    It 'takes wildcards' {
        Remove-StationKeyPair '?' -Force @store
        (Get-StationKeyPair @store).Name | Should -Be 'other'
    }

    It 'takes what Get-StationKeyPair writes, out of the store that it came from' {
        Get-StationKeyPair b @store | Remove-StationKeyPair -Force
        (Get-StationKeyPair @store).Name | Should -Be 'a', 'other'
    }

    It 'removes nothing with -WhatIf' {
        Remove-StationKeyPair * -WhatIf @store
        (Get-StationKeyPair @store).Count | Should -Be 3
    }

    It 'removes nothing with -WhatIf, also where it would not ask' {
        Remove-StationKeyPair * -Force -WhatIf @store
        $WhatIfPreference = $true
        Remove-StationKeyPair * -Force @store
        (Get-StationKeyPair @store).Count | Should -Be 3
    }

    It 'asks, because a private key does not come back' {
        [Management.Automation.CommandMetadata]::new((Get-Command Remove-StationKeyPair)).ConfirmImpact | Should -Be 'High'
        # Where nobody can answer, the question is an error and the key stays.
        $ps = [powershell]::Create()
        $null = $ps.AddCommand('Import-Module').AddArgument((Join-Path $root SecureStation.psd1)).AddStatement()
        $null = $ps.AddCommand('Remove-StationKeyPair').AddParameter('Name', 'a').AddParameter('KeyStore', $store.KeyStore)
        try { $null = $ps.Invoke() } catch { $null = $_ }
        $ps.HadErrors | Should -BeTrue
        $ps.Dispose()
        (Get-StationKeyPair @store).Count | Should -Be 3
    }

    It 'says that a name is not there' {
        (Get-ErrorOf { Remove-StationKeyPair nobody -Force @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.RemoveStationKeyPairCommand'
    }
}
