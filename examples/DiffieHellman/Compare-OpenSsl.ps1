<#
.SYNOPSIS
Checks parameters, keys and a secret against openssl, and exits 0 where it agrees in everything.
#>
[CmdletBinding()]
param([string] $Group = 'ffdhe2048')

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../../SecureStation.psd1"

function Invoke-OpenSsl {
    $said = openssl @args 2>&1
    if ($LASTEXITCODE -ne 0) {
        Write-Error "openssl $args ended with $LASTEXITCODE`: $said" -ErrorAction Continue
        exit 1
    }
}

$folder = [IO.Directory]::CreateTempSubdirectory('station-dh-').FullName
Push-Location $folder
try {
    $parameter = New-DhParameter -Group $Group
    $parameter | Export-DhParameter ./dh.pem
    Invoke-OpenSsl dhparam -in dh.pem -check -noout

    # openssl's key of our parameters, and ours of its parameters.
    Invoke-OpenSsl genpkey -paramfile dh.pem -out theirs.pem
    Invoke-OpenSsl pkey -in theirs.pem -pubout -out theirs.pub.pem
    $own = Import-DhParameter ./dh.pem | New-DhKeyPair
    $own | Export-DhKeyPair ./own.pub.pem -PublicOnly

    # Without dh_pad openssl drops the zeros that one secret in 256 begins with.
    Invoke-OpenSsl pkeyutl -derive -pkeyopt dh_pad:1 -inkey theirs.pem -peerkey own.pub.pem -out secret.bin
    $secret = Import-DhKeyPair ./theirs.pub.pem -PublicOnly | Invoke-DhExchange -KeyPair $own
    $theirs = [Convert]::ToHexStringLower([IO.File]::ReadAllBytes("$folder/secret.bin"))
    if ($secret.ToHex() -ne $theirs) {
        Write-Error 'openssl derives another secret.' -ErrorAction Continue
        exit 1
    }

    "openssl agrees: $Group, $($secret.Length) bytes."
    exit 0
} finally {
    Pop-Location
    Remove-Item -Recurse -Force $folder
}
