<#
.SYNOPSIS
Two stations on one machine, each in a PowerShell of its own: a listener and a client.
.DESCRIPTION
In two terminals, in one folder: quickstart.ps1 Listener, and quickstart.ps1 Client. `dotnet run --project examples/Quickstart` runs
both, and shows each command with what it gives.
#>
param(
    [Parameter(Mandatory)] [ValidateSet('Listener', 'Client')] [string] $Role,
    [string] $Invitation = './invitation.txt'
)

$ErrorActionPreference = 'Stop'
$checkout = [IO.Path]::Combine($PSScriptRoot, '..', '..', 'SecureStation.psd1')
Import-Module ((Test-Path -LiteralPath $checkout) ? $checkout : 'SecureStation')

if ($Role -eq 'Listener') {
    # An identity is a key pair for signing. Others know it by its fingerprint.
    $me = New-StationKeyPair
    "I am $($me.Fingerprint)"

    # Who has the invitation may come in, once. Its file goes to the other side by a channel that you trust.
    $listener = Start-StationListener -Port 0 -KeyPair $me
    New-StationInvitation -Listener $listener -Path $Invitation -Force

    # Somebody comes. Both have proved who they are before this returns.
    $session = Wait-StationSession $listener -TimeoutSec 60
    "$($session.RemoteFingerprint) is here"

    # Text, an object, and 8 MiB of bytes. The reply tells what arrived.
    $text, $object, $bytes = Receive-StationMessage $session -Count 3 -TimeoutSec 60
    "'$($text.Body)', the process $($object.Body.Name), and $($bytes.Body.Length) bytes"
    (Get-FileHash -InputStream ([IO.MemoryStream]::new($bytes.Body))).Hash | Send-StationMessage -InReplyTo $bytes

    # -Wait goes on until the other side closes the session.
    Receive-StationMessage $session -Wait
    Stop-StationListener $listener ; Remove-Item $Invitation
} else {
    # A stranger knows the address, but has no invitation and trusts nobody there: it sends nothing.
    while (-not (Get-Content $Invitation -ErrorAction Ignore)) { Start-Sleep -Milliseconds 100 }
    $address = [uri](Get-Content -Raw $Invitation)
    try { Connect-Station -HostName $address.Host -Port $address.Port } catch { $refusal = $_.FullyQualifiedErrorId; "${refusal}: $_" }
    if ($refusal -notlike 'PeerUntrusted,*') { throw 'The stranger was not refused.' }

    # The invitation says where the listener is, what its fingerprint is, and proves that we were invited.
    $me = New-StationKeyPair
    $session = Connect-Station -InvitationPath $Invitation -KeyPair $me
    $session

    # Whatever is piped in arrives as it was, in order: text, an object, a file's worth of bytes.
    $bytes = [Security.Cryptography.RandomNumberGenerator]::GetBytes(8MB)
    'hello', (Get-Process -Id $PID | Select-Object Name, Id), $bytes | Send-StationMessage $session -Wait
    $reply = Receive-StationMessage $session -TimeoutSec 60
    if ($reply.Body -ne (Get-FileHash -InputStream ([IO.MemoryStream]::new($bytes))).Hash) { throw 'It is not what was sent.' }
    "Just these bytes arrived: $($reply.Body)"

    # What was sent is delivered before a session ends.
    $session | Disconnect-Station
}
