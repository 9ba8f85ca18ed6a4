# What the notary's test files share: an authority, a notary's certificate, and documents.
. $PSScriptRoot/Setup.ps1

function New-TestAuthority {
    $ca = New-StationNotaryCertificate -Authority -Subject 'CN=Test CA' -Algorithm EcdsaP256
    $ca.ExportCertificatePem() | Set-Content "$TestDrive/ca.pem"
    $ca
}

# A new folder with documents, each of its own content.
function New-TestDocument([string[]] $Name = 'contract.pdf') {
    $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
    $null = New-Item -ItemType Directory $folder
    foreach ($one in $Name) { Set-Content -LiteralPath "$folder/$one" "content of $one in $folder" }
    $folder
}

# Keys of the old notary's three parties.
function New-TestNotaryKey {
    $folder = Join-Path $TestDrive "public-$([guid]::NewGuid().ToString('n'))"
    $null = New-Item -ItemType Directory $folder
    $server = New-StationKeyPair -Algorithm Rsa -KeySize 2048
    $client = New-StationKeyPair -Algorithm Rsa -KeySize 3328
    Set-Content "$folder/server_publickey.bin" $server.PublicKey.ToPem()
    Set-Content "$folder/1000_publickey.bin" $client.PublicKey.ToPem()
    @{ Folder = $folder; Server = $server; Client = $client }
}

# Runs a script block with the module in a job of its own.
function Start-TestJob([scriptblock] $Script, [object[]] $ArgumentList) {
    Start-ThreadJob -ArgumentList $Script.ToString(), "$PSScriptRoot/../../SecureStation.psd1", $ArgumentList -ScriptBlock {
        param($text, $module, $arguments)
        Import-Module $module
        & ([scriptblock]::Create($text)) @arguments
    }
}
