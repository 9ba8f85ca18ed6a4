# Scripts name the module's types, though they lie in a load context where PowerShell does not look.
BeforeDiscovery {
    . $PSScriptRoot/Setup.ps1
    $types = foreach ($assembly in [StationException].Assembly, (Get-Command Send-StationMessage).ImplementingType.Assembly) {
        $assembly.GetExportedTypes().Where{ -not $_.IsGenericTypeDefinition }
    }
}

BeforeAll {
    . $PSScriptRoot/Setup.ps1
    function Invoke-Fresh([string] $Script) {
        # As a dotnet tool PowerShell runs inside dotnet, which has to be told what to run.
        $tool = (Get-Process -Id $PID).ProcessName -eq 'dotnet' ? @("$PSHOME/pwsh.dll") : @()
        & (Get-Process -Id $PID).Path @tool -NoProfile -NonInteractive -Command $Script 2>&1
    }
}

Describe 'Types by name' {
    It 'has <Count> types, each by its full name and by a short one' -ForEach @(@{ Count = $types.Count; Types = $types }) {
        $accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Get
        $names = @{}
        foreach ($entry in $accelerators.GetEnumerator()) { $names[$entry.Value] += @($entry.Key) }
        foreach ($type in $Types) {
            [scriptblock]::Create("[$($type.FullName)]").Invoke()[0] | Should -Be $type
            # [StationHandshake] is what New-StationHandshake makes.
            if (-not $type.IsNested -and $type.FullName -ne 'SecureStation.Core.Handshake.StationHandshake') { $names[$type].Where{ $_ -notmatch '\.' } | Should -Not -BeNullOrEmpty -Because $type.FullName }
        }
    }

    It 'knows them with their assembly' {
        foreach ($type in [StationSession], [StationFingerprint], (Get-Command Connect-Station).ImplementingType) {
            $type.AssemblyQualifiedName -as [type] | Should -Be $type
            "$($type.FullName), $($type.Assembly.GetName().Name)" -as [type] | Should -Be $type
            "System.Collections.Generic.List``1[[$($type.AssemblyQualifiedName)]]" -as [type] | Should -Not -BeNullOrEmpty
        }
    }

    It 'does not answer for another version, nor for what its own assemblies need' {
        'SecureStation.Core.StationException, SecureStation.Core, Version=99.0.0.0' -as [type] | Should -BeNullOrEmpty
        'SecureStation.Nothing.Here, SecureStation.Nothing' -as [type] | Should -BeNullOrEmpty
        $result = Invoke-Fresh "Import-Module '$root/SecureStation.psd1'; `$null = New-StationLoopback; `$null -eq ('Org.BouncyCastle.Security.SecureRandom, BouncyCastle.Cryptography' -as [type]); `$null -eq ('Org.BouncyCastle.Security.SecureRandom' -as [type])"
        $result | Should -Be 'True', 'True'
    }

    It 'catches <Name>' -ForEach @(
        @{ Name = 'by the full name'; Catch = { try { Get-StationListener nobody -ErrorAction Stop } catch [SecureStation.Core.StationException] { "$($_.Exception.Fault)" } } }
        @{ Name = 'by the short name'; Catch = { try { Get-StationListener nobody -ErrorAction Stop } catch [IO.IOException] { 'no' } catch [StationException] { "$($_.Exception.Fault)" } } }
    ) {
        & $Catch | Should -Be 'NotFound'
    }

    It 'is compared with -is, and types parameters, lists and classes' {
        $pair = New-StationLoopback
        try {
            $pair.Left -is [SecureStation.Core.Sessions.StationSession] | Should -BeTrue
            function Get-State([SecureStation.Core.Sessions.StationSession] $Session, [StationFingerprint[]] $Known) { "$($Session.State) $($Known.Count)" }
            Get-State $pair.Left -Known $pair.Left.RemoteFingerprint, "$($pair.Left.LocalFingerprint)" | Should -Be 'Open 2'
            $list = [Collections.Generic.List[SecureStation.Core.Sessions.StationSession]]::new()
            $list.Add($pair.Left)
            $list[0].Id | Should -Be $pair.Left.Id
        } finally {
            $pair.Left, $pair.Right | Disconnect-Station -Force
        }

        $class = "class Phone { [SecureStation.Core.Sessions.StationSession] `$Line; [StationMessage[]] `$Heard; [string] Say([StationSession] `$to) { return `$to.State } }"
        Invoke-Fresh "Import-Module '$root/SecureStation.psd1'; . ([scriptblock]::Create('$class')); [Phone]::new().Say((New-StationLoopback).Left)" | Should -Be 'Open'
    }

    It 'makes proxies of every cmdlet' {
        foreach ($command in Get-Command -Module SecureStation) {
            $proxy = [scriptblock]::Create([Management.Automation.ProxyCommand]::Create([Management.Automation.CommandMetadata]::new($command)))
            $errors = $null
            $null = [Management.Automation.Language.Parser]::ParseInput("$proxy", [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because $command.Name
        }

        $proxy = [Management.Automation.ProxyCommand]::Create([Management.Automation.CommandMetadata]::new((Get-Command Send-StationMessage)))
        Set-Item function:Send-Proxied $proxy
        $pair = New-StationLoopback
        'through a proxy' | Send-Proxied $pair.Left
        (Receive-StationMessage $pair.Right -TimeoutSec 30).Body | Should -Be 'through a proxy'
        $pair.Left, $pair.Right | Disconnect-Station -Force
    }

    It 'names them in other runspaces, and after a second import' {
        $result = Invoke-Fresh "Import-Module '$root/SecureStation.psd1'; Import-Module '$root/SecureStation.psd1' -Force; `$a = 1 | ForEach-Object -Parallel { [SecureStation.Core.StationFault]::Timeout }; `$b = Start-ThreadJob { [SecureStation.Core.StationException].Name } | Receive-Job -Wait; `"`$a `$b `$([SecureStation.Core.Keys.Fingerprint].Name)`""
        $result | Should -Be 'Timeout StationException Fingerprint'
    }
}
