<#
.SYNOPSIS
Reads captured messages of an IDEA station, of which the beginning of one is guessed. It needs no key.
.DESCRIPTION
Every message of a session is XORed with the same 16 bytes. A guess at the text of one message gives as many of these bytes as it
is long; 16 give them all, and with them every message of the session in both directions. See about_LegacyProtocols.
.PARAMETER Wire
The captured messages, in hex as they went over the wire.
.PARAMETER Guess
The text with which one of them begins. A client's text is "NAME : message".
.PARAMETER Of
Which of them, from 0.
.EXAMPLE
./Break-IdeaConversation.ps1 -Wire $first, $second -Guess 'Alice : hello to' -Of 0
#>
[CmdletBinding()]
[OutputType([string])]
param(
    [Parameter(Mandatory)] [string[]] $Wire,
    [Parameter(Mandatory)] [string] $Guess,
    [int] $Of = 0
)

$known = [Convert]::FromHexString($Wire[$Of])
$text = [Text.Encoding]::UTF8.GetBytes($Guess)
$stream = [int[]]::new(16)
[Array]::Fill($stream, -1)
for ($i = 0; $i -lt [Math]::Min($text.Length, $known.Length); $i++) {
    $stream[$i % 16] = $known[$i] -bxor $text[$i]
}

foreach ($message in $Wire) {
    $bytes = [Convert]::FromHexString($message)
    $plain = for ($i = 0; $i -lt $bytes.Length; $i++) {
        # What the guess does not reach stays unknown.
        if ($stream[$i % 16] -lt 0) { [byte][char]'?' } else { [byte]($bytes[$i] -bxor $stream[$i % 16]) }
    }
    [Text.Encoding]::UTF8.GetString([byte[]]$plain)
}
