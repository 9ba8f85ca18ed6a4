BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'New-DhKeyPair' {
    It 'makes a key pair of <_>' -ForEach 'X25519', 'x25519', 'ffdhe2048', 'modp3072' {
        $pair = New-DhKeyPair -Group $_
        $pair | Should -BeOfType ([DhKeyPair])
        $pair.GroupName | Should -Be $_
        $pair.PublicKey.GroupName | Should -Be $_
    }

    It 'makes X25519 where nothing is said' {
        (New-DhKeyPair).Algorithm | Should -Be 'X25519'
    }

    It 'makes one for each parameters from the pipeline, all different' {
        $pairs = 'ffdhe2048', 'ffdhe2048', 'modp2048' | New-DhParameter | New-DhKeyPair
        $pairs.GroupName | Should -Be 'ffdhe2048', 'ffdhe2048', 'modp2048'
        ($pairs.PublicKey | ForEach-Object { "$_" } | Select-Object -Unique).Count | Should -Be 3
    }

    It 'refuses unknown groups and bad parameters' {
        (Get-ErrorOf { New-DhKeyPair -Group modp1024 }).FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.NewDhKeyPairCommand'
        (Get-ErrorOf { [DhParameter]::new(23, 5) | New-DhKeyPair -AllowWeakParameter }).FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.NewDhKeyPairCommand'
        (Get-ErrorOf { [DhParameter]::new((New-DhParameter ffdhe2048).Prime + 2, 2) | New-DhKeyPair }).FullyQualifiedErrorId | Should -Be 'InvalidParameter,SecureStation.Commands.NewDhKeyPairCommand'
    }

    It 'shows nothing of the private key in any view' {
        $pair = New-DhKeyPair -Group X25519
        $pkcs8 = $pair.ExportPkcs8()
        $private = [Convert]::ToHexString($pkcs8[-32..-1])
        $seen = Get-Everything $pair | Out-String
        $seen | Should -Not -BeLike "*$private*"
        $seen | Should -Not -BeLike "*$([Convert]::ToBase64String($pkcs8[-32..-1]))*"
        $seen | Should -Not -BeLike "*$($pkcs8[-32..-1] -join '*')*"
    }

    It 'completes X25519 and groups' {
        $line = 'New-DhKeyPair -Group X'
        ([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText | Should -Be 'X25519'
    }
}
