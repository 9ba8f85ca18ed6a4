# Whatever a script sends: it arrives as it was, or the sender is told. Known cases, and values made at random.
BeforeAll {
    . $PSScriptRoot/Setup.ps1
    $assembly = (Get-Command Send-StationMessage).ImplementingType.Assembly
    $write = $assembly.GetType('SecureStation.Serialization.ObjectWriter').GetMethod('Write')
    $read = $assembly.GetType('SecureStation.Serialization.ObjectReader').GetMethod('TryRead')
    $running = [Func[bool]] { $false }

    function ConvertTo-Body($Value, [int] $Depth = 15) {
        $arguments = @($Value, $Depth, $running, $null)
        try { $body = $write.Invoke($null, $arguments) } catch { for ($e = $_.Exception; $e -isnot [StationException] -and $e.InnerException; $e = $e.InnerException) { } throw $e }
        @{ Bytes = $body; Json = [Text.Encoding]::UTF8.GetString($body.ToArray()); Warning = $arguments[3] }
    }

    function ConvertFrom-Body($Body) {
        $arguments = @([ReadOnlyMemory[byte]] $Body.Bytes, $null)
        $read.Invoke($null, $arguments) | Should -BeTrue -Because "a reader takes what a sender writes: $($Body.Json.Substring(0, [Math]::Min(2000, $Body.Json.Length)))"
        , $arguments[1]
    }

    function Send-Around($Value, [int] $Depth = 15) { , (ConvertFrom-Body (ConvertTo-Body $Value $Depth)) }

    # Throws at the first difference.
    function Compare-Value($Sent, $Got, [string] $At = '$') {
        if ($Sent -is [psobject] -and $Sent.psobject.BaseObject -isnot [Management.Automation.PSCustomObject]) { $Sent = $Sent.psobject.BaseObject }
        if ($null -eq $Sent -or $Sent -is [DBNull]) { if ($null -ne $Got) { throw "$At is not null" }; return }
        if ($null -eq $Got) { throw "$At became null" }
        $bare = $Got.psobject.BaseObject
        # As one thing, or switch goes through a list.
        switch (, $Sent) {
            { $_ -is [enum] } { if ("$Got" -ne "$Sent" -or $Got.value__ -ne $Sent.value__) { throw "$At, an enum" }; return }
            { $_ -is [switch] } { if ($bare -isnot [bool] -or $bare -ne [bool] $Sent) { throw "$At, a switch" }; return }
            { $_ -is [xml] } { if ($bare -isnot [xml] -or $bare.OuterXml -cne $Sent.OuterXml) { throw "$At, XML" }; return }
            { $_ -is [Text.Json.JsonElement] } { if ($bare.GetRawText() -cne $Sent.GetRawText()) { throw "$At, JSON" }; return }
            { $_ -is [byte[]] } { if ($bare -isnot [byte[]] -or [Convert]::ToHexString($bare) -ne [Convert]::ToHexString($Sent)) { throw "$At, bytes" }; return }
            { $_ -is [Collections.IDictionary] } {
                if ($bare -isnot [Collections.IDictionary] -or $bare.Count -ne $Sent.Count) { throw "$At, a map of $($Sent.Count)" }
                if ($Sent -is [Collections.Specialized.OrderedDictionary] -and ($bare.Keys -join "`0") -cne ($Sent.Keys -join "`0")) { throw "$At, the order" }
                foreach ($entry in $Sent.GetEnumerator()) {
                    $found = @(foreach ($other in $bare.GetEnumerator()) { if ($other.Key -ceq $entry.Key -and $other.Key.GetType() -eq $entry.Key.GetType()) { $other } })
                    if ($found.Count -ne 1) { throw "$At, the key '$($entry.Key)'" }
                    Compare-Value $entry.Value $found[0].Value "$At.$($entry.Key)"
                }
                return
            }
            { $_ -is [array] } {
                if ($bare -isnot [array] -or $bare.Rank -ne $Sent.Rank -or $bare.Length -ne $Sent.Length) { throw "$At, a list of $($Sent.Length)" }
                foreach ($dimension in 0..($Sent.Rank - 1)) { if ($bare.GetLength($dimension) -ne $Sent.GetLength($dimension)) { throw "$At, its shape" } }
                $other = $bare.GetEnumerator()
                $index = 0
                foreach ($item in $Sent.GetEnumerator()) { $null = $other.MoveNext(); Compare-Value $item $other.Current "$At[$index]"; $index++ }
                return
            }
            { $_ -is [pscustomobject] } {
                if (($Got.psobject.Properties.Name -join "`0") -cne ($Sent.psobject.Properties.Name -join "`0")) { throw "$At, its properties" }
                foreach ($property in $Sent.psobject.Properties) { Compare-Value $property.Value $Got.psobject.Properties[$property.Name].Value "$At.$($property.Name)" }
                return
            }
            default {
                if ($bare.GetType() -ne $Sent.GetType() -or -not $bare.Equals($Sent) -or "$bare" -cne "$Sent") { throw "$At, a $($Sent.GetType()): '$Sent' became '$bare'" }
                if ($Sent -is [datetime] -and $bare.Kind -ne $Sent.Kind) { throw "$At, the kind of a time" }
            }
        }
    }
}

Describe 'An object that travels' {
    Context 'keeps' {
        It 'XML: <Text>' -ForEach @(
            @{ Text = '<a/>' }
            @{ Text = '<?xml version="1.0" encoding="utf-16"?><!--c--><r x="1&#xA;2"><b xmlns="urn:n">t &amp; <![CDATA[<x>]]></b><e></e></r>' }
            @{ Text = "<a>`n  <b> white </b>&#xD;&#xA;</a>" }
        ) {
            $document = [xml]::new()
            $document.PreserveWhitespace = $true
            $document.LoadXml($Text)
            $got = Send-Around $document
            , $got | Should -BeOfType xml
            $got.OuterXml | Should -BeExactly $document.OuterXml
            (Send-Around @{ x = [xml] $Text }).x.OuterXml | Should -BeExactly ([xml] $Text).OuterXml
            (Send-Around @{ x = $document.DocumentElement }).x | Should -BeOfType Xml.XmlElement
            (Send-Around @{ x = $document.DocumentElement }).x.OuterXml | Should -BeExactly $document.DocumentElement.OuterXml
        }

        It 'what "$object" said: <Name>' -ForEach @(
            @{ Name = 'a regex'; Value = [regex] 'a(b)+' }
            @{ Name = 'a StringBuilder'; Value = [Text.StringBuilder] 'built' }
            @{ Name = 'an address'; Value = [ipaddress] '2001:db8::1' }
            @{ Name = 'a file'; Value = [IO.FileInfo] 'some file.txt' }
            @{ Name = 'a record of an error'; Value = [Management.Automation.ErrorRecord]::new([Exception] 'oh', 'Id', 'NotSpecified', $null) }
            @{ Name = 'a version of its kind'; Value = [semver] '1.2.3-rc.4' }
            @{ Name = 'a complex number'; Value = [Numerics.Complex]::new(1, -2) }
            @{ Name = 'a mail address'; Value = [Net.Mail.MailAddress] 'A B <a@example.org>' }
            @{ Name = 'an object with a ToString of its own'; Value = [pscustomobject]@{ a = 1 } | Add-Member ScriptMethod ToString { "a is $($this.a)" } -Force -PassThru }
        ) {
            $top = Send-Around $Value
            "$top" | Should -BeExactly "$Value"
            $inner = (Send-Around @{ list = @(, $Value) }).list[0]
            "$inner" | Should -BeExactly "$Value"
            $inner.ToString() | Should -BeExactly "$Value"
            "$(Send-Around (Send-Around $Value))" | Should -BeExactly "$Value"
        }

        It 'big and small numbers: <Value>' -ForEach @(
            @{ Value = [int128]::MinValue }, @{ Value = [uint128]::MaxValue }, @{ Value = [half]::Epsilon }, @{ Value = [half] 1.5 }
            @{ Value = [bigint]::Pow(10, 999) }, @{ Value = - [bigint]::Pow(10, 998) }
        ) {
            Compare-Value $Value (Send-Around $Value)
        }

        It 'JSON values' {
            $json = [Text.Json.JsonDocument]::Parse('{"a":[1,2.50,{"b":null}],"c":"\u00e4"}')
            (Send-Around @{ j = $json.RootElement }).j.GetRawText() | Should -BeExactly $json.RootElement.GetRawText()
            (Send-Around $json).GetProperty('a')[1].GetRawText() | Should -Be '2.50'
            (Send-Around ([Text.Json.Nodes.JsonNode]::Parse('[1,"x"]'))).GetRawText() | Should -Be '[1,"x"]'
        }

        It 'the order of <Name>' -ForEach @(
            @{ Name = 'a JSON table'; Value = '{"z":1,"a":2,"m":3}' | ConvertFrom-Json -AsHashtable; Keys = 'z', 'a', 'm' }
            @{ Name = 'a sorted dictionary'; Value = & { $d = [Collections.Generic.SortedDictionary[string, int]]::new(); 'c', 'a', 'b' | ForEach-Object { $d[$_] = 1 }; $d }; Keys = 'a', 'b', 'c' }
            @{ Name = 'an expando object'; Value = & { $d = [Dynamic.ExpandoObject]::new(); foreach ($k in 'z', 'a') { ([Collections.Generic.IDictionary[string, object]] $d).Add($k, 1) }; , $d }; Keys = 'z', 'a' }
        ) {
            $got = Send-Around @{ map = $Value }
            @($got.map.Keys) | Should -Be $Keys
        }

        It 'keys that are no text' {
            $got = Send-Around @{ 80 = 'http'; 443L = 'https'; [guid]::Empty = 'none'; text = 'x' }
            $got[80] | Should -Be 'http'
            $got[443L] | Should -Be 'https'
            $got[[guid]::Empty] | Should -Be 'none'
            $got.TEXT | Should -Be 'x'
            (Send-Around @{ [DayOfWeek]::Monday = 1 })['Monday'] | Should -Be 1
        }

        It 'arrays of several dimensions' {
            $table = [int[, ]]::new(2, 3)
            foreach ($i in 0, 1) { foreach ($j in 0, 1, 2) { $table[$i, $j] = 10 * $i + $j } }
            $got = (Send-Around @{ t = $table }).t
            $got.Rank | Should -Be 2
            $got[1, 2] | Should -Be 12
            (Send-Around @{ t = [object[, , ]]::new(2, 0, 3) }).t.GetLength(2) | Should -Be 3
        }

        It 'what was added to a text, a number, a list or a map' {
            $text = 'x' | Add-Member -NotePropertyMembers @{ note = 1 } -PassThru
            $list = , (1, 2) | ForEach-Object { Add-Member -InputObject $_ note 'of a list' -PassThru }
            $map = @{ a = 1 } | Add-Member note 'of a map' -PassThru
            $got = Send-Around ([pscustomobject]@{ text = $text; when = Get-Date -DisplayHint Date; list = $list; map = $map })
            $got.text | Should -Be 'x'
            $got.text.note | Should -Be 1
            $got.when.DisplayHint | Should -Be 'Date'
            $got.list.Count | Should -Be 2
            $got.list.note | Should -Be 'of a list'
            $got.map.a | Should -Be 1
            $got.map.psobject.Properties['note'].Value | Should -Be 'of a map'
        }

        It 'not where Get-Content found a line' {
            Set-Content "$TestDrive/lines" 'one', 'two'
            (ConvertTo-Body @{ lines = Get-Content "$TestDrive/lines" }).Json | Should -Not -BeLike '*PSPath*'
        }

        It 'names of types, also inside, and once however far it goes' {
            $inner = [pscustomobject]@{ PSTypeName = 'My.Inner'; day = [DayOfWeek]::Friday }
            $first = Send-Around ([pscustomobject]@{ PSTypeName = 'My.Outer'; in = $inner; list = @(, $inner) })
            $second = Send-Around $first
            foreach ($got in $first, $second) {
                $got.psobject.TypeNames[0] | Should -Be 'Deserialized.My.Outer'
                $got.in.psobject.TypeNames[0] | Should -Be 'Deserialized.My.Inner'
                $got.list[0].day.psobject.TypeNames | Should -Contain 'Deserialized.System.DayOfWeek'
                ($got.list[0].day | Out-String).Trim() | Should -Be 'Friday'
                $got.in.day.value__ | Should -Be 5
            }
        }

        It 'a switch as true or false, and nothing as null' {
            $got = Send-Around @{ on = [switch] $true; off = [switch] $false; none = [DBNull]::Value; nothing = & { } }
            $got.on | Should -BeOfType bool
            $got.off | Should -BeFalse
            $got.none | Should -BeNullOrEmpty
            $null -eq $got.nothing | Should -BeTrue
        }

        It 'lists of nothing but bytes as bytes' {
            $got = Send-Around @{ a = [object[]] [byte[]] (1, 2, 3); l = [Collections.Generic.List[byte]] [byte[]] (4, 5); mixed = [byte] 1, 'x' }
            , $got.a | Should -BeOfType byte[]
            , $got.l | Should -BeOfType byte[]
            , $got.mixed | Should -BeOfType object[]
        }
    }

    Context 'is refused by the sender, who learns where' {
        It '<Name>' -ForEach @(
            @{ Name = 'a number of 1,001 digits'; Value = @{ n = @{ big = [bigint]::Pow(10, 1000) } }; Where = "n.big" }
            @{ Name = 'half a surrogate pair'; Value = @{ list = @('ok', "x$([char] 0xD800)y") }; Where = 'list[1]' }
            @{ Name = 'two names that are half a pair'; Value = @{ "$([char] 0xD800)" = 1; "$([char] 0xD801)" = 2 }; Where = '' }
            @{ Name = 'a property''s name'; Value = [pscustomobject]@{ a = [pscustomobject]@{ "$([char] 0xDC00)" = 1 } }; Where = 'a.' }
            @{ Name = 'a key that is an object'; Value = @{ m = @{ (Get-Item .) = 1 } }; Where = 'm' }
            @{ Name = 'XML with a DTD'; Value = @{ x = [xml] '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>' }; Where = 'x' }
            @{ Name = 'an array that begins at 1'; Value = @{ t = [array]::CreateInstance([int], [int[]] (2, 2), [int[]] (1, 1)) }; Where = 't' }
        ) {
            $failure = { ConvertTo-Body $Value } | Should -Throw -PassThru
            $failure.Exception.Fault | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike "*$([WildcardPattern]::Escape($Where))*"
        }

        It 'a secret, with its place' {
            $pair = New-StationLoopback
            try {
                $failure = Get-ErrorOf { Send-StationMessage $pair.Left -InputObject @{ servers = @(@{ password = ConvertTo-SecureString x -AsPlainText }) } }
                $failure.FullyQualifiedErrorId | Should -BeLike 'SecretRefused,*'
                $failure.Exception.Message | Should -BeLike "*'servers``[0``].password'*"
                (Get-ErrorOf { Send-StationMessage $pair.Left -InputObject "half$([char] 0xD800)" }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
            } finally {
                $pair.Left, $pair.Right | Disconnect-Station -Force
            }
        }
    }

    Context 'warns once a call' {
        BeforeEach { $pair = New-StationLoopback }
        AfterEach { $pair.Left, $pair.Right | Disconnect-Station -Force }

        It 'of what lies too deep, with its path' {
            $object = [pscustomobject]@{ l1 = @{ l2 = [pscustomobject]@{ l3 = @(1, 2) } } }
            $warnings = $object, $object | Send-StationMessage $pair.Left 3>&1
            $warnings.Count | Should -Be 1
            $warnings[0].Message | Should -BeLike "*'l1.l2.l3'*-Depth 2*"
            (Receive-StationMessage $pair.Right -TimeoutSec 30).Body.l1.l2.l3 | Should -Be '1 2'
            $object | Send-StationMessage $pair.Left -Depth 3 3>&1 | Should -BeNullOrEmpty
        }

        It 'of an object inside itself' {
            $list = [Collections.ArrayList] @(1)
            $null = $list.Add(@{ back = $list })
            $warning = Send-StationMessage $pair.Left -InputObject @{ list = $list } -Depth 15 3>&1
            $warning.Message | Should -BeLike "*'list``[1``].back'*itself*"
            (Protect-StationMessage $pair.Left -InputObject @{ list = $list } -Depth 15 3>&1)[0] | Should -BeOfType Management.Automation.WarningRecord
        }

        It 'of a member of a text that is sent as text' {
            $text = 'x' | Add-Member extra 1 -PassThru
            (Send-StationMessage $pair.Left -InputObject $text 3>&1).Message | Should -BeLike "*'extra'*"
            (Receive-StationMessage $pair.Right -TimeoutSec 30).Kind | Should -Be 'Text'
        }

        It 'of nothing where nothing is lost' {
            1, 'x', (Get-Date), @{ a = 1, 2 }, [version] '1.2', ([pscustomobject]@{ a = @{ b = 1 } }) | Send-StationMessage $pair.Left 3>&1 | Should -BeNullOrEmpty
        }
    }

    Context 'of values made at random' {
        BeforeAll {
            function New-Text($Random) {
                $length = $Random.Next(0, 12)
                -join (1..12).Where{ $_ -le $length }.ForEach{
                    switch ($Random.Next(8)) {
                        0 { [char] $Random.Next(0x20) }
                        1 { [char] $Random.Next(0x100, 0x3000) }
                        2 { [char]::ConvertFromUtf32($Random.Next(0x10000, 0x110000)) }
                        3 { [char] 0xFEFF }
                        4 { '$' }
                        # Half a pair, now and then.
                        5 { if ($Random.Next(200) -eq 0) { [char] $Random.Next(0xD800, 0xE000) } else { '"' } }
                        default { [char] $Random.Next(0x20, 0x7F) }
                    }
                }
            }

            function New-Scalar($Random) {
                $bytes = [byte[]]::new(16)
                $Random.NextBytes($bytes)
                switch ($Random.Next(34)) {
                    0 { $null } 1 { $true } 2 { $Random.Next() } 3 { -$Random.NextInt64() } 4 { [BitConverter]::ToInt32($bytes) }
                    5 { [BitConverter]::ToDouble($bytes) } 6 { [BitConverter]::ToSingle($bytes) } 7 { [BitConverter]::ToHalf($bytes) }
                    8 { [sbyte] ($bytes[0] - 128) } 9 { $bytes[0] } 10 { [BitConverter]::ToInt16($bytes) } 11 { [BitConverter]::ToUInt16($bytes) }
                    12 { [BitConverter]::ToUInt32($bytes) } 13 { [BitConverter]::ToInt64($bytes) } 14 { [BitConverter]::ToUInt64($bytes) }
                    15 { [BitConverter]::ToInt128($bytes) } 16 { [BitConverter]::ToUInt128($bytes) } 17 { [bigint]::new($bytes) }
                    18 { [bigint]::Pow(10, $Random.Next(990, 1003)) }
                    19 { [decimal]::new([BitConverter]::ToInt32($bytes), [BitConverter]::ToInt32($bytes, 4), [BitConverter]::ToInt32($bytes, 8), $false, $Random.Next(29)) }
                    20 { [char] [BitConverter]::ToUInt16($bytes) } 21 { [datetime]::new($Random.NextInt64([datetime]::MaxValue.Ticks), $Random.Next(3)) }
                    22 { [datetimeoffset]::new([datetime]::new($Random.NextInt64([timespan]::TicksPerDay * 2, [datetime]::MaxValue.Ticks - [timespan]::TicksPerDay)), [timespan]::FromMinutes($Random.Next(-840, 841))) }
                    23 { [DateOnly]::FromDayNumber($Random.Next(3652058)) } 24 { [TimeOnly]::new($Random.NextInt64(864000000000)) }
                    25 { [timespan]::new([BitConverter]::ToInt64($bytes)) } 26 { [guid]::new($bytes) } 27 { [version]::new($Random.Next(9), $Random.Next(9), $Random.Next()) }
                    28 { [uri] "https://example.org/$([uri]::EscapeDataString("$($Random.Next())"))?ä=$($Random.Next())#f" } 29 { [Enum]::ToObject([IO.FileAttributes], $Random.Next(1, 256)) }
                    30 { , $bytes } 31 { [xml] "<r a='$($Random.Next())'><b>$([Security.SecurityElement]::Escape("t$($Random.Next())"))</b><c/></r>" }
                    32 { [switch] ($Random.Next(2) -eq 0) }
                    default { New-Text $Random }
                }
            }

            function New-Value($Random, [int] $Level) {
                if ($Level -eq 0) { return , (New-Scalar $Random) }
                $count = $Random.Next(5)
                $kind = $Random.Next(7)
                $parts = [object[]]::new($count)
                for ($i = 0; $i -lt $count; $i++) { $parts[$i] = New-Value $Random ($Level - 1) }
                switch ($kind) {
                    0 { return , $parts }
                    1 { $map = @{}; foreach ($part in $parts) { $map["$(New-Text $Random)$($map.Count)"] = $part }; return $map }
                    2 { $map = [ordered]@{}; foreach ($part in $parts) { $map["$(New-Text $Random)$($map.Count)"] = $part }; return $map }
                    3 {
                        $map = [hashtable]::new([StringComparer]::OrdinalIgnoreCase)
                        foreach ($part in $parts) { $key = New-Scalar $Random; if ($key -is [valuetype] -and $key -isnot [enum] -and $key -isnot [switch]) { $map[$key] = $part } }
                        return $map
                    }
                    4 {
                        $object = [pscustomobject]@{}
                        foreach ($part in $parts) { $object.psobject.Properties.Add([psnoteproperty]::new("$(New-Text $Random)$(@($object.psobject.Properties).Count)", $part)) }
                        return $object
                    }
                    5 { $table = [object[, ]]::new(2, $count); for ($i = 0; $i -lt $count; $i++) { $table[0, $i] = $parts[$i] }; return , $table }
                    default { return , (New-Scalar $Random) }
                }
            }
        }

        It 'arrives as it was or is refused, once and again: seed <_>' -ForEach (1..4) {
            $random = [Random]::new($_)
            $refused = 0
            foreach ($round in 1..50) {
                $value = New-Value $random $random.Next(5)
                try {
                    $body = ConvertTo-Body $value
                } catch [SecureStation.Core.StationException] {
                    $_.Exception.Message | Should -Match 'surrogate|digits'
                    $refused++
                    continue
                }

                $body.Warning | Should -BeNullOrEmpty
                $first = ConvertFrom-Body $body
                Compare-Value $value $first
                Compare-Value $value (Send-Around $first)
            }

            $refused | Should -BeLessThan 30
        }

        It 'says so wherever -Depth cuts: seed <_>' -ForEach 1, 2 {
            $random = [Random]::new($_)
            foreach ($round in 1..40) {
                $value = New-Value $random 4
                try { $whole = ConvertTo-Body $value } catch { continue }
                $cut = ConvertTo-Body $value -Depth 1
                if (-not $cut.Warning) { $cut.Json | Should -BeExactly $whole.Json }
            }
        }
    }
}
