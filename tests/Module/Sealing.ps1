# Alice and bob with key stores, trust stores and cards of their own, each pinned at the other. Dot-sourced after Setup.ps1, in a BeforeAll.
$alices = (New-TestKeyStore) + (New-TestTrustStore)
$bobs = (New-TestKeyStore) + (New-TestTrustStore)
$alice = New-StationKeyPair alice -KeyStore $alices.KeyStore
$bob = New-StationKeyPair bob -KeyStore $bobs.KeyStore
$cards = (New-Item -ItemType Directory (Join-Path $TestDrive "cards-$([guid]::NewGuid().ToString('n'))")).FullName
Export-StationCard alice $cards/alice.card -KeyStore $alices.KeyStore
Export-StationCard bob $cards/bob.card -KeyStore $bobs.KeyStore
Import-StationCard $cards/alice.card | Add-StationPeer -Name alice -TrustStore $bobs.TrustStore
Import-StationCard $cards/bob.card | Add-StationPeer -Name bob -TrustStore $alices.TrustStore
