<#
.SYNOPSIS
A handshake by hand: two stations in one process, each message shown, nothing sent by any socket.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'SecureStation.psd1'))

'Two identities:'
$alice = New-StationKeyPair
$bob = New-StationKeyPair
"  alice  $($alice.Fingerprint)"
"  bob    $($bob.Fingerprint)"

# Each names the other by its fingerprint; anybody else would be refused with PeerUntrusted.
$a = New-StationHandshake -Role Initiator -KeyPair $alice -PeerFingerprint $bob.Fingerprint
$b = New-StationHandshake -Role Responder -KeyPair $bob -PeerFingerprint $alice.Fingerprint

''
'The three messages, as they would go over any channel:'
$first = $a | Step-StationHandshake
$second = $first | Step-StationHandshake -Handshake $b
$third = $second | Step-StationHandshake -Handshake $a
$third | Step-StationHandshake -Handshake $b
foreach ($message in $first, $second, $third) {
    "  $($message.Number)  $($message.Pattern)"
    "     $($message.Fields.Where({ $_.Length }) -join ', ')"
    "     $("$message".Substring(0, 72))…  ($($message.Length) bytes as base64)"
}

''
'Both sides now know each other:'
"  alice sees $($a.RemoteFingerprint)"
"  bob sees   $($b.RemoteFingerprint)"

$left = $a | Complete-StationHandshake
$right = $b | Complete-StationHandshake

''
'A message over any channel, as text:'
$text = 'over any channel' | Protect-StationMessage -Session $left | ForEach-Object ToString
"  $text"
"  bob reads: $(($text | Unprotect-StationMessage -Session $right).Body)"

''
'A secret that only the two have, the same on both sides:'
"  $((Get-StationChannelBinding $left demo) -eq (Get-StationChannelBinding $right demo))"

''
$left | ConvertTo-StationDiagram

'What can be verified of the record of it:'
($left | Test-StationTranscript -Detailed).Checks | ForEach-Object { "  $_" }
