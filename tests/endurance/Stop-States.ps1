# The blocking cmdlets in their waiting states, as script blocks, and what these need: $states and $values. Dot-sourced by Stop-Cmdlets.ps1.
$work = [IO.Directory]::CreateTempSubdirectory('station-stop-').FullName
$stores = @{ TrustStore = "$work/peers" }
$own = $stores + @{ KeyStore = "$work/keys" }

# A server that accepts and says nothing, and a proxy that cuts connections when it is told to.
$silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
$silent.Start(1000)
$port = $silent.LocalEndpoint.Port
. ([IO.Path]::Combine($PSScriptRoot, '..', 'Module', 'CuttingProxy.ps1'))

# Sessions: one that is open, one that was cut and waits for its connection, and one whose peer takes nothing.
$in = (New-Item -ItemType Directory $work/in).FullName
$listener = Start-StationListener -TrustMode Any -AllowSignedReceipt -ReceiveFolder $in @stores
$there = @{ HostName = '127.0.0.1'; Fingerprint = $listener.Fingerprint } + $stores
Register-StationHandler -Listener $listener -Name never -ScriptBlock { while ($true) { Start-Sleep 1 } }
Register-StationHandler -Listener $listener -Name one -ScriptBlock { 1; while ($true) { Start-Sleep 1 } }
$session = Connect-Station -Port $listener.Port @there
$proxy = [SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy]::new($listener.Port)
$cut = Connect-Station -Port $proxy.Port -Reconnect -AllowSignedReceipt @there
$proxy.IsShut = $true
$proxy.Cut()
$pair = New-StationLoopback
$full = New-StationLoopback
$null = Wait-StationSession -Listener $listener -Count 2 -TimeoutSec 30

# Mail: bob's box in a folder, on a server that works, and on one that is stopped (SIGSTOP) once all is there.
foreach ($name in 'alice', 'bob') {
    $null = New-StationKeyPair $name -KeyStore $own.KeyStore
    $null = Export-StationCard $name "$work/$name.card" -KeyStore $own.KeyStore
    $null = Import-StationCard "$work/$name.card" | Add-StationPeer -Name $name -Accept -TrustStore $own.TrustStore
}
$mail = Connect-StationMailbox $work/mail
if ($servers) {
    $live = Connect-StationMailbox $servers[0] -Create
    $stalled = Connect-StationMailbox $servers[1] -Create
}

# What takes long: a file of 8 GiB, a sealed one that is opened again and again, a log of a million lines that are none.
foreach ($file in @{ long = 8GB; shorter = 64MB }.GetEnumerator()) {
    $stream = [IO.File]::Create("$work/$($file.Key)")
    $stream.SetLength($file.Value)
    $stream.Dispose()
}
$sealed = (Protect-StationFile $work/shorter -To bob -KeyPair alice @own).Path
[IO.File]::WriteAllText("$work/log", "x`n" * 1000000)
Set-Content "$work/document.txt" text
$tsa = New-StationNotaryCertificate -Algorithm EcdsaP256
$notary = Start-StationNotary $tsa
$null = Request-StationTimestamp "$work/document.txt" -Uri $notary.Uri -TrustedCertificate $tsa

# Last, because a lease that nobody can renew runs out.
if ($servers) {
    'one', 'two' | Send-StationMessage -Mailbox $stalled -To bob -KeyPair alice -Wait @own
    $held = Receive-StationMessage -Mailbox $stalled -KeyPair bob -Manual -Count 2 -TimeoutSec 30 @own
    & /bin/kill -STOP $servers[2]
}

$values = @{
    stores = $stores; own = $own; there = $there; port = $port; listener = $listener; session = $session; cut = $cut; pair = $pair; full = $full; work = $work; in = $in
    mail = $mail; live = $live; stalled = $stalled; held = $held; sealed = $sealed; notary = $notary; tsa = $tsa
    dh = Start-DhServer -AllowLegacy -Parameter (New-DhParameter -Group ffdhe2048) -WarningAction Ignore
    body = [byte[]]::new(100000)
}

$states = [ordered] @{
    'Connect-Station, no message 2'          = { Connect-Station -HostName 127.0.0.1 -Port $port -TrustMode Any -TimeoutSec 300 @stores }
    'Connect-Station -Reconnect'             = { Connect-Station -HostName 127.0.0.1 -Port $port -TrustMode Any -Reconnect -TimeoutSec 300 @stores }
    'Connect-Station -ThrottleLimit'         = { 1..8 | ForEach-Object { [pscustomobject]@{ HostName = '127.0.0.1'; Port = $port } } | Connect-Station -TrustMode Any -ThrottleLimit 4 -TimeoutSec 300 @stores }
    'Test-Station, no message 2'             = { Test-Station -HostName 127.0.0.1 -Port $port -TimeoutSec 300 @stores }
    'Wait-StationSession'                    = { Wait-StationSession -Listener $listener }
    'Receive-StationMessage, a session'      = { Receive-StationMessage $session }
    'Receive-StationMessage, a cut session'  = { Receive-StationMessage $cut }
    'Receive-StationMessage -Wait'           = { Receive-StationMessage $session -Wait }
    'Receive-StationMessage -Count'          = { Receive-StationMessage $session -Count 5 }
    'Receive-StationMessage, a listener'     = { Receive-StationMessage -Listener $listener }
    'Send-StationMessage, a full window'     = { , $body * 100 | ForEach-Object { Send-StationMessage $full.Left -InputObject $_ -TimeoutSec 300 } }
    'Send-StationMessage -Wait'              = { , $body * 100 | Send-StationMessage $full.Right -Wait -TimeoutSec 300 }
    'Send-StationMessage -Wait, cut'         = { 'x' | Send-StationMessage $cut -Wait -TimeoutSec 300 }
    'Send-StationMessage -Receipt, cut'      = { 'x' | Send-StationMessage $cut -Receipt -TimeoutSec 300 }
    'Send-StationMessage -Wait, to many'     = { 'x' | Send-StationMessage -Session $cut, $pair.Left -Wait -TimeoutSec 300 }
    'Invoke-StationRequest, no result'       = { Invoke-StationRequest -Session $session -Name never -TimeoutSec 300 }
    'Invoke-StationRequest, the next result' = { Invoke-StationRequest -Session $session -Name one -TimeoutSec 300 }
    'Invoke-StationRequest, cut'             = { Invoke-StationRequest -Session $cut -Name never -TimeoutSec 300 }
    'Send-StationFile, nobody takes it'      = { Send-StationFile $work/document.txt -Session (New-StationLoopback).Left -TimeoutSec 300 }
    'Send-StationFile, under way'            = { Send-StationFile $work/long -Session $session -TimeoutSec 300 }
    'Send-StationFile, cut'                  = { Send-StationFile $work/document.txt -Session $cut -TimeoutSec 300 }
    'Receive-StationFile'                    = { Receive-StationFile (New-StationLoopback).Right -DestinationPath $in -TimeoutSec 300 }
    'Receive-StationFile -Wait'              = { Receive-StationFile (New-StationLoopback).Right -DestinationPath $in -Wait }
    'Receive-StationFile, under way'         = { $p = New-StationLoopback; $null = Send-StationFile $work/long -Session $p.Left -NoWait; Receive-StationFile $p.Right -DestinationPath $in -TimeoutSec 300 }
    'Receive-StationDocument'                = { Receive-StationDocument -Session $session -DestinationPath $work -TimeoutSec 300 -Wait }
    'Receive-DhExchange, a session'          = { Receive-DhExchange -Session (New-StationLoopback).Right -TimeoutSec 300 }
    'Receive-DhExchange -Wait'               = { Receive-DhExchange -Server $dh -Wait }
    'Invoke-DhExchange, a silent server'     = { Invoke-DhExchange -HostName 127.0.0.1 -Port $port -AllowLegacy -TimeoutSec 300 -WarningAction Ignore }
    'New-DhParameter -Bits'                  = { New-DhParameter -Bits 4096 }
    'New-StationKeyPair, RSA 8192'           = { 1..20 | ForEach-Object { New-StationKeyPair -Algorithm Rsa -KeySize 8192 } }
    'Request-StationTimestamp, no answer'    = { Request-StationTimestamp -LiteralPath "$work/document.txt" -Uri "http://127.0.0.1:$port/" -TimeoutSec 300 -Force }
    'Request-StationTimestamp, a long file'  = { Request-StationTimestamp -LiteralPath "$work/long" -Uri $notary.Uri -TimeoutSec 300 }
    'Test-StationTimestamp, a long file'     = { Test-StationTimestamp -LiteralPath "$work/long" -Timestamp "$work/document.txt.tsr" -TrustedCertificate $tsa }
    'Test-StationLog, a long file'           = { Test-StationLog "$work/log" }
    'Protect-StationFile, a long file'       = { Protect-StationFile $work/long -To bob -KeyPair alice @own }
    'Unprotect-StationFile, a long file'     = { Unprotect-StationFile (, $sealed * 200) -Force -DestinationPath $in -KeyPair bob @own }
    'Enter-StationChat, piped'               = { 'hello' | Enter-StationChat $pair.Left -TimeoutSec 300 }
    'Enter-StationChat, a full window'       = { $p = New-StationLoopback; , ('x' * 100000) * 100 | Enter-StationChat $p.Left -TimeoutSec 300 }
    'Receive-StationMessage -Mailbox'        = { Receive-StationMessage -Mailbox $mail -KeyPair bob -TimeoutSec 300 @own }
    'Receive-StationMessage -Mailbox -Wait'  = { Receive-StationMessage -Mailbox $mail -KeyPair bob -Wait @own }
}

# Those that come first and once: they hold leases.
$first = [ordered] @{}
if ($servers) {
    $first = [ordered] @{
        'Confirm-StationMessage, NATS stopped' = { Confirm-StationMessage $held[0] -TimeoutSec 300 }
        'Deny-StationMessage, NATS stopped'    = { Deny-StationMessage $held[1] -TimeoutSec 300 }
    }
    $states += [ordered] @{
        'Receive-StationMessage -Mailbox, NATS'   = { Receive-StationMessage -Mailbox $live -KeyPair bob -TimeoutSec 300 @own }
        'Receive-StationMessage, NATS stopped'    = { Receive-StationMessage -Mailbox $stalled -KeyPair bob -TimeoutSec 300 @own }
        'Send-StationMessage, NATS stopped'       = { 'x' | Send-StationMessage -Mailbox $stalled -To bob -KeyPair alice -TimeoutSec 300 @own }
        'Send-StationMessage -Wait, NATS stopped' = { 'x' | Send-StationMessage -Mailbox $stalled -To bob -KeyPair alice -Wait -TimeoutSec 300 @own }
        'Find-StationCard, NATS stopped'          = { Find-StationCard bob -Mailbox $stalled -TimeoutSec 300 @stores }
        'Publish-StationCard, NATS stopped'       = { Publish-StationCard -Mailbox $stalled -KeyPair bob -KeyStore $own.KeyStore -TimeoutSec 300 }
        'Get-StationMailbox, NATS stopped'        = { Get-StationMailbox $stalled -KeyPair bob -KeyStore $own.KeyStore -TimeoutSec 300 }
    }
}

# Those that end by themselves after some seconds.
$brief = [ordered] @{
    'Disconnect-Station, a full window'      = { $p = New-StationLoopback; 1..15 | ForEach-Object { Send-StationMessage $p.Left -InputObject $body }; Disconnect-Station $p.Left -TimeoutSec 300 }
    'Stop-StationListener, a full window'    = {
        $l = Start-StationListener -TrustMode Any @stores
        $c = Connect-Station -HostName 127.0.0.1 -Port $l.Port -Fingerprint $l.Fingerprint @stores
        $s = Wait-StationSession -Listener $l
        1..15 | ForEach-Object { Send-StationMessage $s -InputObject $body }
        Stop-StationListener $l -TimeoutSec 300
    }
    'Send-StationDocument, no verdict'       = { Send-StationDocument $work/document.txt -Session (New-StationLoopback).Left -TimeoutSec 300 }
    'Invoke-DhExchange, a session'           = { Invoke-DhExchange -Session $session -TimeoutSec 300 }
    'Connect-StationMailbox, no answer'      = { Connect-StationMailbox "nats://127.0.0.1:$port" -TimeoutSec 300 }
}
