# Both sides of a handshake by hand, for tests.
$alice = New-StationKeyPair
$bob = New-StationKeyPair

function New-Initiator { New-StationHandshake Initiator -KeyPair $alice -PeerFingerprint $bob.Fingerprint @args }
function New-Responder { New-StationHandshake Responder -KeyPair $bob -PeerFingerprint $alice.Fingerprint @args }

# Carries messages, as text, until nothing is due.
function Invoke-Handshake($Initiator, $Responder) {
    $reader, $writer = $Responder, $Initiator
    $message = Step-StationHandshake $writer
    while ($message) {
        $message = "$message" | Step-StationHandshake -Handshake $reader
        $reader, $writer = $writer, $reader
    }
}

# Two sessions without a connection.
function New-SessionPair {
    $a, $b = (New-Initiator), (New-Responder)
    Invoke-Handshake $a $b
    @{ Left = $a | Complete-StationHandshake; Right = $b | Complete-StationHandshake }
}
