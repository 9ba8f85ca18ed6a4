# Alice, who sends, and bob, who reads, with a mailbox between them. Dot-sourced after Setup.ps1, in a BeforeAll.
. $PSScriptRoot/Sealing.ps1
Set-StationPeer alice -Accept -TrustStore $bobs.TrustStore
Set-StationPeer bob -Capability mail -TrustStore $alices.TrustStore

function New-TestMailbox { Connect-StationMailbox (Join-Path $TestDrive "mail-$([guid]::NewGuid().ToString('n'))") }
function Send-Test($Mailbox) { $input | Send-StationMessage -Mailbox $Mailbox -To bob -KeyPair alice @alices }
function Get-TestCount($Mailbox) { $status = Get-StationMailbox $Mailbox -KeyPair bob -KeyStore $bobs.KeyStore; "$($status.Waiting) $($status.Leased) $($status.Dead)" }
