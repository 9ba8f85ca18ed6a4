BeforeAll {
    . $PSScriptRoot/Setup.ps1
    . $PSScriptRoot/Sealing.ps1
    function New-Folder { (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName }
}

Describe 'Protect-StationFile and Unprotect-StationFile' {
    BeforeEach {
        $out, $in = (New-Folder), (New-Folder)
        $file = Join-Path $out big.iso
        $content = [byte[]]::new(200000)
        [Random]::new(7).NextBytes($content)
        [IO.File]::WriteAllBytes($file, $content)
    }

    It 'seal a file and open it under its name, verified' {
        $sealed = Protect-StationFile $file -To bob -KeyPair alice @alices
        $sealed.Path, $sealed.Secrecy, "$($sealed.To)" | Should -Be "$file.age", 'Hybrid', 'bob'
        $sealed.Length | Should -Be (Get-Item "$file.age").Length
        $opened = Unprotect-StationFile "$file.age" -KeyPair bob -DestinationPath $in @bobs
        $opened.Path | Should -Be (Join-Path $in big.iso)
        $opened.Peer, $opened.Verified, $opened.Secrecy, $opened.Length | Should -Be 'alice', $true, 'Hybrid', 200000
        (Get-FileHash $opened.Path).Hash | Should -Be (Get-FileHash $file).Hash
        $file | Should -Exist
    }

    It 'keep the name that the sender signed, whatever the sealed file is called' {
        $null = Protect-StationFile $file -To bob -KeyPair alice -OutFile $out/harmless.txt.age @alices
        (Unprotect-StationFile $out/harmless.txt.age $in -KeyPair bob @bobs).Path | Should -Be (Join-Path $in big.iso)
    }

    It 'take files from the pipeline, and one that fails does not take the others along' {
        Set-Content $out/a.txt a
        New-Item -ItemType Directory $out/folder | Should -Not -BeNullOrEmpty
        $sealed = Get-ChildItem $out | Protect-StationFile -To bob -KeyPair alice @alices
        $sealed.Count | Should -Be 2
        [IO.File]::WriteAllText("$out/b.age", 'junk')
        $errors = @()
        $opened = Get-ChildItem $out -Filter *.age | Unprotect-StationFile -KeyPair bob -DestinationPath $in -ErrorAction SilentlyContinue -ErrorVariable errors @bobs
        $opened.Count | Should -Be 2
        $errors.FullyQualifiedErrorId | Should -BeLike 'SealBroken,*'
        Get-Content $in/a.txt | Should -Be a
        Get-ChildItem $in | Should -HaveCount 2
        $again = New-Folder
        ($sealed | Unprotect-StationFile -KeyPair bob -DestinationPath $again @bobs).Count | Should -Be 2
    }

    It 'replace nothing without -Force' {
        $null = Protect-StationFile $file -To bob -KeyPair alice @alices
        (Get-ErrorOf { Protect-StationFile $file -To bob -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        Set-Content $in/big.iso mine
        (Get-ErrorOf { Unprotect-StationFile "$file.age" $in -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'AlreadyExists,*'
        Get-Content $in/big.iso | Should -Be mine
        (Unprotect-StationFile "$file.age" $in -KeyPair bob -Force @bobs).Length | Should -Be 200000
        (Protect-StationFile $file -To bob -KeyPair alice -Force @alices).Path | Should -Be "$file.age"
    }

    It 'do nothing with -WhatIf' {
        Protect-StationFile $file -To bob -KeyPair alice -WhatIf @alices
        "$file.age" | Should -Not -Exist
        $null = Protect-StationFile $file -To bob -KeyPair alice @alices
        Unprotect-StationFile "$file.age" $in -KeyPair bob -WhatIf @bobs
        Get-ChildItem $in | Should -BeNullOrEmpty
    }

    It 'leave nothing of a file that was changed, cut off, or is too large' {
        $null = Protect-StationFile $file -To bob -KeyPair alice @alices
        $bytes = [IO.File]::ReadAllBytes("$file.age")
        $bytes[150000] = $bytes[150000] -bxor 1
        [IO.File]::WriteAllBytes("$out/changed.age", $bytes)
        [IO.File]::WriteAllBytes("$out/cut.age", $bytes[0..100000])
        foreach ($bad in 'changed', 'cut') {
            (Get-ErrorOf { Unprotect-StationFile "$out/$bad.age" $in -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'SealBroken,*'
        }

        (Get-ErrorOf { Unprotect-StationFile "$file.age" $in -KeyPair bob -MaxSize 1000 @bobs }).FullyQualifiedErrorId | Should -BeLike 'MessageTooLarge,*'
        Get-ChildItem $in -Force | Should -BeNullOrEmpty
    }

    It 'make armor and plain age files where asked' {
        $null = Protect-StationFile $file -To bob -KeyPair alice -Armor @alices
        Get-Content "$file.age" -TotalCount 1 | Should -Be '-----BEGIN AGE ENCRYPTED FILE-----'
        (Unprotect-StationFile "$file.age" $in -KeyPair bob @bobs).Verified | Should -BeTrue
        $null = Protect-StationFile $file -To bob -Raw -OutFile $out/plain.age @alices
        $opened = Unprotect-StationFile $out/plain.age $in -KeyPair bob -Raw -AllowAnonymous @bobs
        $opened.Path, $opened.Verified, $opened.Peer | Should -Be (Join-Path $in plain), $false, $null
    }

    It 'refuse contradictions and what is missing' {
        foreach ($given in @{}, @{ To = 'bob' }, @{ KeyPair = 'alice' }, @{ To = 'bob'; SealPassphrase = 'x'; KeyPair = 'alice' }) {
            (Get-ErrorOf { Protect-StationFile $file @given @alices }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        }

        (Get-ErrorOf { Protect-StationFile $out/none -To bob -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        $null = Protect-StationFile $file -To bob -KeyPair alice @alices
        (Get-ErrorOf { Unprotect-StationFile "$file.age" $in/none -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'NotFound,*'
        (Get-ErrorOf { Unprotect-StationFile "$file.age" $in @bobs }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
    }

    It 'take -LiteralPath' {
        $odd = Join-Path $out '[a].txt'
        [IO.File]::WriteAllText($odd, 'a')
        (Protect-StationFile -LiteralPath $odd -To bob -KeyPair alice @alices).Path | Should -Be "$odd.age"
        (Unprotect-StationFile -LiteralPath "$odd.age" -DestinationPath $in -KeyPair bob @bobs).Path | Should -Be (Join-Path $in '[a].txt')
    }

    It 'open only by their owner' -Skip:$IsWindows {
        $null = Protect-StationFile $file -To bob -KeyPair alice @alices
        [IO.File]::GetUnixFileMode((Unprotect-StationFile "$file.age" $in -KeyPair bob @bobs).Path) | Should -Be 'UserWrite, UserRead'
    }

    It 'refuse what is no file' -Skip:$IsWindows {
        $pipe = Join-Path $out pipe
        mkfifo $pipe
        (Get-ErrorOf { Unprotect-StationFile $pipe $in -KeyPair bob @bobs }).FullyQualifiedErrorId | Should -BeLike 'StorageFailed,*'
        (Get-ErrorOf { Protect-StationFile $pipe -To bob -KeyPair alice @alices }).FullyQualifiedErrorId | Should -BeLike 'StorageFailed,*'
    }

    It 'fail as a disk does that is full' -Skip:(-not (Test-Path /dev/full)) {
        $disk = Join-Path $out disk
        $null = New-Item -ItemType Directory $disk
        mount -t tmpfs -o size=64k tmpfs $disk 2>$null
        if ($LASTEXITCODE) { Set-ItResult -Skipped -Because 'a disk of 64 KiB needs root and mount' }
        try {
            { [IO.File]::WriteAllBytes("$disk/fill", [byte[]]::new(128KB)) } | Should -Throw
            (Get-ErrorOf { Protect-StationFile $file -To bob -KeyPair alice -OutFile $disk/x.age @alices }).FullyQualifiedErrorId | Should -BeLike 'StorageFailed,*'
            (Get-ChildItem $disk).Name | Should -Be 'fill'
        } finally { umount -l $disk }
    }

    It 'can be mocked' {
        Mock Protect-StationFile { 'sealed' }
        Protect-StationFile $file -To bob -KeyPair alice | Should -Be sealed
    }
}
