BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'Get-StationPeer' {
    BeforeAll {
        $store = New-TestTrustStore
        $key = New-StationKeyPair
        Add-StationPeer 'Bob the builder' -PublicKey $key.PublicKey @store
        Add-StationPeer alice -PublicKey (New-StationKeyPair).PublicKey @store
    }

    It 'lists all by name' { (Get-StationPeer @store).Count | Should -Be 2 }

    It 'takes wildcards and names from the pipeline' {
        (Get-StationPeer bob* @store).Name | Should -Be 'Bob the builder'
        ('alice', 'bob*' | Get-StationPeer @store).Count | Should -Be 2
    }

    It 'takes a fingerprint' {
        (Get-StationPeer -Fingerprint "$($key.Fingerprint)" @store).Name | Should -Be 'Bob the builder'
    }

    It 'says that a peer is not there' {
        (Get-ErrorOf { Get-StationPeer nobody @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationPeerCommand'
        (Get-ErrorOf { Get-StationPeer -Fingerprint (New-StationKeyPair).Fingerprint @store }).FullyQualifiedErrorId | Should -Be 'NotFound,SecureStation.Commands.GetStationPeerCommand'
    }

    It 'completes names, quoted' {
        $line = "Get-StationPeer -TrustStore '$($store.TrustStore)' -Name b"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be "'Bob the builder'"
    }

    It 'completes the addresses that are pinned, for <Command>' -TestCases @(
        @{ Command = 'Add-StationPeer -Name y' }
        @{ Command = 'Set-StationPeer -Name x' }
    ) {
        $pinned = New-TestTrustStore
        Add-StationPeer x -PublicKey (New-StationKeyPair).PublicKey -Address b:2, a:1 @pinned
        $line = "$Command -TrustStore '$($pinned.TrustStore)' -Address "
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Sort-Object | Should -Be 'a:1', 'b:2'
    }

    It 'completes names with wildcard characters so that they mean themselves' {
        $odd = New-TestTrustStore
        'a[b]', 'a*', 'ab' | ForEach-Object { Add-StationPeer $_ -PublicKey (New-StationKeyPair).PublicKey @odd }
        $line = "Get-StationPeer -TrustStore '$($odd.TrustStore)' -Name "
        $completions = (TabExpansion2 $line $line.Length).CompletionMatches
        $completions.ListItemText | Sort-Object | Should -Be ('a*', 'a[b]', 'ab' | Sort-Object)
        foreach ($completion in $completions) {
            (& ([scriptblock]::Create($line + $completion.CompletionText))).Name | Should -BeExactly $completion.ListItemText
        }

        # -Peer takes none, so nothing is escaped there.
        $line = "Connect-Station -HostName x -Port 1 -TrustStore '$($odd.TrustStore)' -Peer 'a*]"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be "'a[b]'"
    }

    It 'shows what would turn or hide a name, and keeps the name as it is' {
        $odd = New-TestTrustStore
        $name = "ali$([char]0x202E)ec$([char]0x200D)"
        Add-StationPeer $name -PublicKey (New-StationKeyPair).PublicKey @odd
        (Get-StationPeer $name @odd).Name | Should -BeExactly $name
        Get-StationPeer @odd | Format-Table | Out-String -Width 200 | Should -BeLike '*ali<U+202E>ec*'
    }

    It 'says that the store is damaged, and hides nothing' {
        $damaged = New-TestTrustStore
        Add-StationPeer a -PublicKey (New-StationKeyPair).PublicKey @damaged
        $file = Get-ChildItem $damaged.TrustStore -Filter *.json | Select-Object -First 1
        [IO.File]::WriteAllText($file.FullName, [IO.File]::ReadAllText($file.FullName).Replace('"a"', '"b"'))
        (Get-ErrorOf { Get-StationPeer @damaged }).FullyQualifiedErrorId | Should -Be 'TrustStoreDamaged,SecureStation.Commands.GetStationPeerCommand'
    }
}
