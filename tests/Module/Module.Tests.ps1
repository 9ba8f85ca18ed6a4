BeforeAll { . $PSScriptRoot/Setup.ps1 }

Describe 'The module' {
    It 'exports what its manifest says, and nothing else' {
        $manifest = Import-PowerShellDataFile "$root/SecureStation.psd1"
        $module = Get-Module SecureStation
        $module.ExportedCommands.Keys | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        $module.Version | Should -Be $manifest.ModuleVersion
        Test-ModuleManifest "$root/SecureStation.psd1" -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'has approved verbs and singular nouns' {
        $verbs = (Get-Verb).Verb
        foreach ($command in Get-Command -Module SecureStation) {
            $command.Verb | Should -BeIn $verbs
            $command.Noun | Should -Not -Match 's$'
        }
    }

    It 'says what each command writes' {
        Get-Command -Module SecureStation | Where-Object { -not $_.OutputType } | Should -BeNullOrEmpty
    }

    It 'never asks, but before private or sealing keys are deleted: no other ConfirmImpact High' {
        foreach ($command in Get-Command -Module SecureStation | Where-Object Name -NotIn Remove-StationKeyPair, Remove-StationSealingKey) {
            $attribute = $command.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $true)
            $attribute.ConfirmImpact | Should -Not -Be 'High'
        }
    }

    # What only makes an object in memory changes nothing.
    It 'has ShouldProcess where it changes something: <Verb>' -TestCases @(
        'New', 'Remove', 'Set', 'Add', 'Start', 'Stop', 'Export', 'Disconnect' | ForEach-Object { @{ Verb = $_ } }
    ) {
        $inMemory = 'New-DhParameter', 'New-DhKeyPair', 'New-StationHandshake', 'New-StationLoopback', 'New-StationNotaryCertificate'
        Get-Command -Module SecureStation -Verb $Verb |
            Where-Object { $_.Name -notin $inMemory -and -not $_.Parameters.ContainsKey('WhatIf') } | Should -BeNullOrEmpty
    }

    It 'has an entry for every fault, with a category and advice' {
        $assembly = (Get-Command Send-StationMessage).ImplementingType.Assembly
        $errors = $assembly.GetType('SecureStation.StationErrors')
        $flags = [Reflection.BindingFlags]'Static, NonPublic, Public'
        foreach ($fault in [Enum]::GetValues([StationFault])) {
            $errors.GetMethod('Knows', $flags).Invoke($null, @($fault)) | Should -BeTrue -Because "$fault needs an entry"
            foreach ($subject in [Enum]::GetValues([StationFault].Assembly.GetType('SecureStation.Core.StationSubject'))) {
                $entry = $errors.GetMethod('Of', $flags).Invoke($null, @($fault, $subject))
                $entry.Id | Should -Be "$fault"
                $entry.Category | Should -Not -Be 'NotSpecified'
                $entry.RecommendedAction | Should -Match '\.$' -Because "$fault of $subject"
            }
        }
    }

    It 'gives scripts names for its types' {
        foreach ($name in 'StationSession', 'StationKeyPair', 'StationListener', 'StationMessage', 'StationInvitation', 'StationException', 'StationReceipt') {
            $name -as [type] | Should -Not -BeNullOrEmpty -Because $name
        }

        [StationKeyPair]::Generate().GetType() | Should -Be ([StationKeyPair])
    }

    It 'completes <Line>' -TestCases @(
        @{ Line = 'Start-StationListener -Address L'; First = 'Loopback' }
        @{ Line = 'Start-StationListener -TrustMode A'; First = 'Any' }
        @{ Line = 'Connect-Station -Suite *ChaCha'; First = 'Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256' }
        @{ Line = 'Connect-Station -Suite *XX_*ChaCha'; First = 'Noise_XX_25519_ChaChaPoly_SHA256' }
        @{ Line = 'New-StationKeyPair -Algorithm R'; First = 'Rsa' }
    ) {
        (TabExpansion2 $Line $Line.Length).CompletionMatches[0].CompletionText | Should -Be $First
    }

    It 'completes sessions and listeners that there are' {
        $listener = Start-StationListener -TrustStore "$TestDrive/peers"
        try {
            $line = "Get-StationListener $($listener.Id.Substring(0, 3))"
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain $listener.Id
            $session = Connect-Station $listener.Invitation -TrustStore "$TestDrive/peers"
            $line = "Get-StationSession $($session.Id.Substring(0, 3))"
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain $session.Id
        } finally {
            Stop-StationListener $listener
        }
    }
}

Describe 'Ctrl+C' {
    BeforeAll {
        $peers = "$TestDrive/peers"
        $listener = Start-StationListener -TrustStore $peers
        $pair = New-StationLoopback
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        $context = @{ Manifest = "$root/SecureStation.psd1"; Peers = $peers; Listener = $listener; Session = $pair.Left; Port = $silent.LocalEndpoint.Port }
    }

    AfterAll {
        $silent.Stop()
        Stop-StationListener $listener
        $pair.Left, $pair.Right | Disconnect-Station -Force
    }

    It 'ends <Name> by Ctrl+C' -TestCases @(
        @{ Name = 'Connect-Station'; Code = 'Connect-Station -HostName 127.0.0.1 -Port $c.Port -TimeoutSec -1 -TrustStore $c.Peers' }
        @{ Name = 'Wait-StationSession'; Code = 'Wait-StationSession $c.Listener' }
        @{ Name = 'Receive-StationMessage -Listener'; Code = 'Receive-StationMessage -Listener $c.Listener -Wait' }
        @{ Name = 'Receive-StationMessage'; Code = 'Receive-StationMessage $c.Session' }
        @{ Name = 'Send-StationMessage'; Code = '1..20 | ForEach-Object { , [byte[]]::new(1MB) } | Send-StationMessage $c.Session -TimeoutSec -1' }
        @{ Name = 'New-StationKeyPair'; Code = 'foreach ($i in 1..100) { New-StationKeyPair -Algorithm Rsa -KeySize 8192 }' }
    ) {
        $shell = [powershell]::Create().AddScript("param(`$c) Import-Module `$c.Manifest; $Code").AddArgument($context)
        $null = $shell.BeginInvoke()
        Start-Sleep 1.5
        $shell.InvocationStateInfo.State | Should -Be 'Running'
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
    }
}

Describe 'Its isolation' {
    BeforeAll {
        $manifest = "$root/SecureStation.psd1"
    }

    It 'loads everything but the loader into one context of its own' {
        $contexts = Invoke-PowerShell "Import-Module '$manifest'; `$null = New-StationLoopback; [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -match 'SecureStation|BouncyCastle' } | ForEach-Object { '{0}={1}' -f `$_.GetName().Name, [Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name }"
        $contexts | Should -Contain 'SecureStation.Core=SecureStation'
        $contexts | Should -Contain 'SecureStation.PowerShell=SecureStation'
        $contexts | Should -Contain 'SecureStation.Loader=Default'
        $contexts -match '^BouncyCastle' | Should -Match '=SecureStation$'
    }

    It 'takes the platform''s own assemblies from PowerShell' {
        $contexts = Invoke-PowerShell "Import-Module '$manifest'; `$null = New-StationKeyPair x -Passphrase y -KeyStore '$TestDrive/iso'; [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { [Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name -eq 'SecureStation' } | ForEach-Object { `$_.GetName().Name }"
        $contexts -notmatch '^(SecureStation|BouncyCastle)' | Should -BeNullOrEmpty
    }

    It 'lives beside another module''s BouncyCastle' {
        # The same assembly name, another version, types of the same names: as another module would bring it.
        $other = "$TestDrive/other/BouncyCastle.Crypto.dll"
        $null = New-Item -ItemType Directory "$TestDrive/other"
        $builder = [Reflection.Emit.PersistedAssemblyBuilder]::new([Reflection.AssemblyName]'BouncyCastle.Crypto, Version=9.9.9.9', [object].Assembly)
        $null = $builder.DefineDynamicModule('BouncyCastle.Crypto').DefineType('Org.BouncyCastle.Security.SecureRandom', 'Public').CreateType()
        $builder.Save($other)
        $result = Invoke-PowerShell "`$null = [Reflection.Assembly]::LoadFrom('$other'); Import-Module '$manifest'; `$pair = New-StationLoopback; 'x' | Send-StationMessage `$pair.Left; (Receive-StationMessage `$pair.Right -TimeoutSec 5).Body; [Org.BouncyCastle.Security.SecureRandom].Assembly.GetName().Version.Major; ([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -like 'BouncyCastle*' }).Count"
        $result | Should -Be 'x', '9', '2'
    }

    It 'is imported again with -Force, and in other runspaces, and its commands stay' {
        $result = Invoke-PowerShell "Import-Module '$manifest'; Import-Module '$manifest' -Force; `$pair = New-StationLoopback; `$n = (Get-Command -Module SecureStation).Count; `$m = 1 | ForEach-Object -Parallel { Import-Module '$manifest'; 'x' | Send-StationMessage (`$using:pair).Left; (Get-Command -Module SecureStation).Count }; `$n, `$m, (Receive-StationMessage `$pair.Right -TimeoutSec 5).Body -join ' '"
        $count = (Import-PowerShellDataFile $manifest).CmdletsToExport.Count
        $result | Should -Be "$count $count x"
    }

    It 'warns at Remove-Module of what goes on, and stops nothing' {
        $shown = Invoke-PowerShell @"
Import-Module '$manifest'
`$listener = Start-StationListener -Port 0
`$session = Connect-Station `$listener.Invitation
Remove-Module SecureStation 3>&1 | ForEach-Object { "warned: `$_" }
"`$(`$session.State) `$(`$listener.IsListening)"
Import-Module '$manifest'
`$session | Disconnect-Station; `$listener | Stop-StationListener
Remove-Module SecureStation 3>&1 | ForEach-Object { "warned again: `$_" }
"@
        "$shown" | Should -BeLike '*warned: *1 listener, 2 sessions*Open True*'
        "$shown" | Should -Not -BeLike '*warned again*'
    }

    It 'comes back after Remove-Module' {
        Invoke-PowerShell "Import-Module '$manifest'; Remove-Module SecureStation; Import-Module '$manifest'; (New-StationLoopback).Left.State" | Should -Be 'Open'
    }

    It 'says ModuleAlreadyLoaded where another build is loaded' {
        $copy = New-Item -ItemType Directory "$TestDrive/copy"
        Copy-Item $manifest $copy
        Copy-Item "$root/bin" "$copy/bin" -Recurse
        # Another build: the same code with another module version id.
        $file = "$copy/bin/SecureStation.Core.dll"
        $id = [Reflection.Assembly]::LoadFile($file).ManifestModule.ModuleVersionId.ToByteArray()
        $bytes = [IO.File]::ReadAllBytes($file)
        $at = [Convert]::ToHexString($bytes).IndexOf([Convert]::ToHexString($id)) / 2
        $bytes[$at] = $bytes[$at] -bxor 1
        Remove-Item $file
        [IO.File]::WriteAllBytes($file, $bytes)
        $result = Invoke-PowerShell "Import-Module '$manifest'; try { Import-Module '$copy/SecureStation.psd1' -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction; `$_.Exception.Message }; (New-StationLoopback).Left.State"
        $result[0] | Should -BeLike 'ModuleAlreadyLoaded*'
        $result[1] | Should -BeLike 'Start a new PowerShell session*'
        $result[-1] | Should -Be 'Open'
    }

    It 'says so too of a copy of the same build, and nothing else' {
        $copy = New-Item -ItemType Directory "$TestDrive/same"
        Copy-Item $manifest $copy
        Copy-Item "$root/bin" "$copy/bin" -Recurse
        $ids = Invoke-PowerShell "Import-Module '$manifest'; try { Import-Module '$copy/SecureStation.psd1' -ErrorAction Stop } catch { }; `$Error.FullyQualifiedErrorId"
        $ids | Should -Not -BeNullOrEmpty
        $ids | Should -BeLike 'ModuleAlreadyLoaded*'
    }
}

Describe 'Its scripts' {
    It 'have nothing for PSScriptAnalyzer to say' -Skip:(-not (Get-Module -ListAvailable PSScriptAnalyzer)) {
        $found = "$root/build.ps1", "$root/SecureStation.psd1", "$root/src/SecureStation.PowerShell/Module/SecureStation.psm1", "$root/tests/Module" |
            Where-Object { Test-Path $_ } |
            ForEach-Object { Invoke-ScriptAnalyzer -Path $_ -Recurse -Settings "$root/PSScriptAnalyzerSettings.psd1" }
        $found | ForEach-Object { '{0}:{1} {2}: {3}' -f $_.ScriptName, $_.Line, $_.RuleName, $_.Message } | Should -BeNullOrEmpty
    }
}
