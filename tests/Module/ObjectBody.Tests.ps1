BeforeAll {
    . $PSScriptRoot/Setup.ps1

    function Send-Around($Value, [int] $Depth = 2) {
        Send-StationMessage $pair.Left -InputObject $Value -Depth $Depth
        $message = Receive-StationMessage $pair.Right -TimeoutSec 5
        $message.Error | Should -BeNullOrEmpty
        , $message.Body
    }

    # What a peer that is no PowerShell, or no friend, may send as the body of an object: straight into the core.
    $outgoing = [StationSession].Assembly.GetType('SecureStation.Core.Messages.OutgoingMessage')
    function Send-Raw([byte[]] $Body) {
        $null = $pair.Left.SendAsync($outgoing::Object($Body), [Threading.CancellationToken]::None).AsTask().GetAwaiter().GetResult()
        Receive-StationMessage $pair.Right -TimeoutSec 5
    }

    function Send-Json([string] $Json) { Send-Raw ([Text.Encoding]::UTF8.GetBytes($Json)) }
}

Describe 'The body of an object message' {
    BeforeEach { $pair = New-StationLoopback }
    AfterEach { $pair.Left, $pair.Right | Disconnect-Station -Force }

    Context 'keeps the kind of a value' {
        It '<Kind>' -TestCases @(
            @{ Kind = 'int'; Value = 5 }
            @{ Kind = 'long'; Value = 5L }
            @{ Kind = 'long'; Value = [long]::MinValue }
            @{ Kind = 'ulong'; Value = [ulong]::MaxValue }
            @{ Kind = 'uint'; Value = 5u }
            @{ Kind = 'short'; Value = -5s }
            @{ Kind = 'ushort'; Value = 5us }
            @{ Kind = 'sbyte'; Value = -5y }
            @{ Kind = 'double'; Value = 1.0 }
            @{ Kind = 'double'; Value = 1e300 }
            @{ Kind = 'double'; Value = 0.1 }
            @{ Kind = 'double'; Value = [double]::NegativeInfinity }
            @{ Kind = 'float'; Value = [float]0.1 }
            @{ Kind = 'decimal'; Value = 1.10d }
            @{ Kind = 'bigint'; Value = [bigint]::Pow(7, 100) }
            @{ Kind = 'bool'; Value = $true }
            @{ Kind = 'char'; Value = [char]'ä' }
            @{ Kind = 'char'; Value = [char]0xD800 }
            @{ Kind = 'datetime'; Value = [datetime]::new(2026, 2, 3, 4, 5, 6, [DateTimeKind]::Utc).AddTicks(1234567) }
            @{ Kind = 'datetime'; Value = [datetime]::new(2026, 2, 3, 4, 5, 6, [DateTimeKind]::Unspecified) }
            @{ Kind = 'datetimeoffset'; Value = [datetimeoffset]::new(2026, 2, 3, 4, 5, 6, [timespan]::FromHours(5.5)) }
            @{ Kind = 'timespan'; Value = [timespan]::FromTicks(-123456789) }
            @{ Kind = 'guid'; Value = [guid]'6a2f6c52-6a54-4c53-9f0e-5e7b6a1d7c11' }
            @{ Kind = 'version'; Value = [version]'1.2.3.4' }
            @{ Kind = 'uri'; Value = [uri]'https://example.org/a?b=ä' }
            @{ Kind = 'DateOnly'; Value = [DateOnly]::new(2026, 2, 3) }
            @{ Kind = 'TimeOnly'; Value = [TimeOnly]::new(4, 5, 6) }
        ) {
            $body = (Send-Around @{ value = $Value }).value
            $body | Should -BeOfType $Value.GetType()
            $body | Should -Be $Value
            if ($Value -is [datetime]) { $body.Kind | Should -Be $Value.Kind }
            if ($Value -is [decimal]) { "$body" | Should -Be "$Value" }
        }

        It 'NaN' { [double]::IsNaN((Send-Around ([double]::NaN))) | Should -BeTrue }

        It 'bytes inside an object' {
            $body = (Send-Around @{ value = [byte[]](0..255) }).value
            $body.GetType() | Should -Be ([byte[]])
            $body.Count | Should -Be 256
        }

        It 'strings of all characters' {
            $text = "`0`t`r`n""\/<>&'`u{1F600}`u{FEFF}`u{2028}"
            (Send-Around @{ value = $text }).value | Should -BeExactly $text
        }

        It 'lists, also empty ones and those of one' {
            (Send-Around (1, 'two', $null, (3, 4))).Count | Should -Be 4
            , (Send-Around @()) | Should -BeOfType object[]
            $one = (Send-Around @{ list = , 5 }).list
            , $one | Should -BeOfType object[]
        }

        It 'hashtables and ordered dictionaries' {
            $body = Send-Around @{ B = 1; a = @{ c = 2 } }
            $body | Should -BeOfType hashtable
            $body.b | Should -Be 1
            $body.A.c | Should -Be 2
            $ordered = Send-Around ([ordered]@{ z = 1; a = 2; '$' = 3 })
            $ordered.Keys | Should -Be 'z', 'a', '$'
            $ordered | Should -BeOfType Collections.Specialized.OrderedDictionary
        }

        It 'enums, as name and number, without the type' {
            $body = Send-Around @{ day = [DayOfWeek]::Monday; flags = [IO.FileAttributes]'ReadOnly, Hidden' }
            "$($body.day)" | Should -Be 'Monday'
            $body.day -eq [DayOfWeek]::Monday | Should -BeTrue
            [IO.FileAttributes]"$($body.flags)" | Should -Be ([IO.FileAttributes]'ReadOnly, Hidden')
        }
    }

    Context 'of objects' {
        It 'has the properties, in order, and the type names with a prefix' {
            $object = [pscustomobject]@{ PSTypeName = 'My.Type'; Zeta = 1; alpha = 'two'; '$dollar' = 3; '$' = 4; '$$' = 5 }
            $body = Send-Around $object
            $body.psobject.Properties.Name | Should -Be 'Zeta', 'alpha', '$dollar', '$', '$$'
            $body.'$' | Should -Be 4
            $body.'$$' | Should -Be 5
            $body.psobject.TypeNames[0] | Should -Be 'Deserialized.My.Type'
        }

        It 'has what PowerShell adds' {
            $file = New-Item "$TestDrive/a file" -Force
            $body = Send-Around $file
            $body.PSChildName | Should -Be 'a file'
            $body.Name | Should -Be 'a file'
            $body.psobject.TypeNames | Should -Contain 'Deserialized.System.IO.FileInfo'
            $body.GetType().Name | Should -Be 'PSCustomObject'
            (Send-Around ('text' | Add-Member note extra -PassThru | Select-Object note)).note | Should -Be 'extra'
        }

        It 'is not sent where a list fails half-way' {
            class BrokenList : Collections.IEnumerable, Collections.IEnumerator {
                [int] $Left = 2
                [Collections.IEnumerator] GetEnumerator() { return $this }
                [bool] MoveNext() { if ($this.Left-- -eq 0) { throw 'half-way' } return $true }
                [object] get_Current() { return 1 }
                [void] Reset() { }
            }
            $failure = Get-ErrorOf { Send-StationMessage $pair.Left -InputObject ([pscustomobject]@{ List = [BrokenList]::new() }) }
            $failure.FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.SendStationMessageCommand'
            $failure.Exception.Message | Should -BeLike '*half-way*'
            'next' | Send-StationMessage $pair.Left
            (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 'next'
        }

        It 'is refused where it is an enumerator, of which nothing would arrive' {
            $list = [Collections.Generic.List[int]](1, 2)
            foreach ($value in $list.GetEnumerator(), @{ a = 1 }.GetEnumerator(), [pscustomobject]@{ e = $list.ToArray().GetEnumerator() }) {
                $failure = Get-ErrorOf { Send-StationMessage $pair.Left -InputObject $value }
                $failure.FullyQualifiedErrorId | Should -Be 'InvalidArgument,SecureStation.Commands.SendStationMessageCommand'
                $failure.Exception.Message | Should -BeLike '*enumerator*only once*'
            }
        }

        It 'takes dictionaries that do not count off as a hash table does' {
            $environment = [Diagnostics.ProcessStartInfo]::new().Environment
            $environment.Clear()
            $environment['A'] = 'b'
            (Send-Around ([pscustomobject]@{ Environment = $environment })).Environment['A'] | Should -Be 'b'
        }

        It 'has script properties, and null where a getter throws' {
            $object = [pscustomobject]@{ a = 2 } | Add-Member ScriptProperty double { $this.a * 2 } -PassThru | Add-Member ScriptProperty broken { throw 'no' } -PassThru
            $body = Send-Around $object
            $body.double | Should -Be 4
            $body.psobject.Properties.Name | Should -Contain 'broken'
            $body.broken | Should -BeNullOrEmpty
        }

        It 'is two deep unless -Depth says otherwise, deeper as text' {
            $object = [pscustomobject]@{ l1 = [pscustomobject]@{ l2 = [pscustomobject]@{ l3 = [pscustomobject]@{ l4 = 1 } } } }
            (Send-Around $object).l1.l2.l3 | Should -Be '@{l4=1}'
            (Send-Around $object -Depth 4).l1.l2.l3.l4 | Should -Be 1
            (Send-Around $object -Depth 0).l1 | Should -BeOfType string
        }

        It 'is as deep as it may be read' {
            $object = 'x'
            1..16 | ForEach-Object { $object = @{ in = $object } }
            $body = Send-Around $object -Depth 15
            1..16 | ForEach-Object { $body = $body.in }
            $body | Should -Be 'x'
        }

        It 'ends cycles' {
            $a = [pscustomobject]@{ name = 'a'; other = $null }
            $a.other = [pscustomobject]@{ back = $a }
            (Send-Around $a -Depth 15).other.back | Should -BeOfType string
            $list = [Collections.ArrayList]@(1)
            $null = $list.Add($list)
            (Send-Around $list -Depth 15).Count | Should -Be 2
        }

        It 'takes a process, an error, a type and a script block' {
            (Send-Around (Get-Process -Id $PID)).Id | Should -Be $PID
            $record = try { throw 'oh' } catch { $_ }
            (Send-Around $record).Exception.Message | Should -Be 'oh'
            Send-Around ([string]) | Should -Be 'System.String'
            Send-Around { 1 + 1 } | Should -Be ' 1 + 1 '
        }

        It 'refuses what is too much, in time' {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            (Get-ErrorOf { Send-StationMessage $pair.Left -InputObject @{ x = 1..200000 } }).FullyQualifiedErrorId | Should -BeLike 'MessageTooLarge,*'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        }

        It 'refuses keys that differ in case only' {
            $map = [Collections.Generic.Dictionary[string, int]]::new()
            $map.Add('a', 1)
            $map.Add('A', 2)
            (Get-ErrorOf { Send-StationMessage $pair.Left -InputObject $map }).FullyQualifiedErrorId | Should -BeLike 'InvalidArgument,*'
        }
    }

    Context 'from a stranger' {
        It 'is read where it is plain JSON' {
            $body = (Send-Json '{"types":[],"value":{"i":3,"l":12345678901,"d":3.5,"e":1e3,"s":"x","n":null,"b":false,"a":[1,[2]]}}').Body
            $body.i | Should -BeOfType int
            $body.l | Should -BeOfType long
            $body.d | Should -BeOfType double
            $body.e | Should -BeOfType double
            $body.a[1][0] | Should -Be 2
        }

        It 'makes no live type, whatever it is called' {
            $body = (Send-Json '{"types":["System.IO.FileInfo","System.Management.Automation.PSCredential"],"value":{"FullName":"/etc/passwd"}}').Body
            $body.GetType().Name | Should -Be 'PSCustomObject'
            $body.psobject.TypeNames | Should -Be 'Deserialized.System.IO.FileInfo', 'Deserialized.System.Management.Automation.PSCredential'
            $body -is [IO.FileInfo] | Should -BeFalse
        }

        It 'is malformed: <Why>' -TestCases @(
            @{ Why = 'empty'; Json = '' }
            @{ Why = 'no JSON'; Json = '{"types":[' }
            @{ Why = 'no object'; Json = '[]' }
            @{ Why = 'no value'; Json = '{"types":[]}' }
            @{ Why = 'no types'; Json = '{"value":1}' }
            @{ Why = 'a member too many'; Json = '{"types":[],"value":1,"x":2}' }
            @{ Why = 'something after it'; Json = '{"types":[],"value":1} 2' }
            @{ Why = 'a comment'; Json = '{"types":[],/**/"value":1}' }
            @{ Why = 'types that are no list'; Json = '{"types":"x","value":1}' }
            @{ Why = 'a type that is no string'; Json = '{"types":[1],"value":{}}' }
            @{ Why = 'nine types'; Json = '{"types":["a","a","a","a","a","a","a","a","a"],"value":{}}' }
            @{ Why = 'a type with brackets'; Json = '{"types":["a[b]"],"value":{}}' }
            @{ Why = 'a type with a line feed'; Json = '{"types":["a\n"],"value":{}}' }
            @{ Why = 'a long type'; Json = '{"types":["' + ('a' * 201) + '"],"value":{}}' }
            @{ Why = 'an empty name'; Json = '{"types":[],"value":{"":1}}' }
            @{ Why = 'PSObject'; Json = '{"types":[],"value":{"psobject":1}}' }
            @{ Why = 'PSTypeNames'; Json = '{"types":[],"value":{"PSTypeNames":["x"]}}' }
            @{ Why = 'psbase deep inside'; Json = '{"types":[],"value":[{"a":{"PsBase":1}}]}' }
            @{ Why = 'PSStandardMembers'; Json = '{"types":[],"value":{"PSStandardMembers":1}}' }
            @{ Why = 'a name twice'; Json = '{"types":[],"value":{"a":1,"a":2}}' }
            @{ Why = 'a name in two cases'; Json = '{"types":[],"value":{"name":1,"NAME":2}}' }
            @{ Why = 'a key in two cases'; Json = '{"types":[],"value":{"$":"hashtable","value":{"a":1,"A":2}}}' }
            @{ Why = 'an unknown tag'; Json = '{"types":[],"value":{"$":"scriptblock","value":"rm"}}' }
            @{ Why = 'a tag with too little'; Json = '{"types":[],"value":{"$":"guid"}}' }
            @{ Why = 'a tag with too much'; Json = '{"types":[],"value":{"$":"int64","value":"1","x":2}}' }
            @{ Why = 'a tag that is no text'; Json = '{"types":[],"value":{"$":1,"value":"1"}}' }
            @{ Why = 'a tagged number that is none'; Json = '{"types":[],"value":{"$":"int64","value":"1x"}}' }
            @{ Why = 'a number out of range'; Json = '{"types":[],"value":{"$":"uint8","value":"256"}}' }
            @{ Why = 'a long bigint'; Json = '{"types":[],"value":{"$":"bigint","value":"' + ('9' * 5000) + '"}}' }
            @{ Why = 'no base64'; Json = '{"types":[],"value":{"$":"bytes","value":"*"}}' }
            @{ Why = 'no time'; Json = '{"types":[],"value":{"$":"datetime","value":"tomorrow"}}' }
            @{ Why = 'a number too large for a double'; Json = '{"types":[],"value":1e999}' }
            @{ Why = 'a pair of three'; Json = '{"types":[],"value":{"$":"hashtable","value":[[1,2,3]]}}' }
            @{ Why = 'a key that is a list'; Json = '{"types":[],"value":{"$":"ordered","value":[[[],2]]}}' }
            @{ Why = 'a key that is null'; Json = '{"types":[],"value":{"$":"ordered","value":[[null,2]]}}' }
            @{ Why = 'a typed key twice'; Json = '{"types":[],"value":{"$":"hashtable","value":[[1,2],[1,3]]}}' }
            @{ Why = 'lengths that are too long'; Json = '{"types":[],"value":{"$":"array","lengths":[2,2],"value":[1,2,3]}}' }
            @{ Why = 'lengths without end'; Json = '{"types":[],"value":{"$":"array","lengths":[65536,65536,65536,65536],"value":[]}}' }
            @{ Why = 'a length below nothing'; Json = '{"types":[],"value":{"$":"array","lengths":[-1,-1],"value":[1]}}' }
            @{ Why = 'one dimension'; Json = '{"types":[],"value":{"$":"array","lengths":[1],"value":[1]}}' }
            @{ Why = 'a type name inside that is none'; Json = '{"types":[],"value":[{"$":"object","types":["a b"],"text":null,"value":{}}]}' }
            @{ Why = 'a text that is none'; Json = '{"types":[],"value":{"$":"object","types":[],"text":1,"value":{}}}' }
            @{ Why = 'members of an object'; Json = '{"types":[],"value":{"$":"members","value":{"a":1},"members":{"b":1}}}' }
            @{ Why = 'a reserved member'; Json = '{"types":[],"value":{"$":"members","value":1,"members":{"psobject":1}}}' }
            @{ Why = 'XML that is none'; Json = '{"types":[],"value":{"$":"xml","value":"<a>"}}' }
            @{ Why = 'XML with an entity'; Json = '{"types":[],"value":{"$":"xml","value":"<!DOCTYPE a [<!ENTITY e \"eeeee\">]><a>&e;</a>"}}' }
            @{ Why = 'XML from elsewhere'; Json = '{"types":[],"value":{"$":"xml","value":"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"}}' }
            @{ Why = 'XML 200 deep'; Json = '{"types":[],"value":{"$":"xml","value":"' + ('<a>' * 200) + ('</a>' * 200) + '"}}' }
            @{ Why = '100,001 nodes of XML'; Json = '{"types":[],"value":{"$":"xml","value":"<r>' + ('<a/>' * 100001) + '</r>"}}' }
            @{ Why = 'JSON that is none'; Json = '{"types":[],"value":{"$":"json","value":"{"}}' }
            @{ Why = 'JSON 100 deep'; Json = '{"types":[],"value":{"$":"json","value":"' + ('[' * 100) + (']' * 100) + '"}}' }
            @{ Why = 'half a surrogate pair'; Json = '{"types":[],"value":"\ud800"}' }
            @{ Why = 'lists 17 deep'; Json = '{"types":[],"value":' + ('[' * 17) + (']' * 17) + '}' }
            @{ Why = 'lists 5000 deep'; Json = '{"types":[],"value":' + ('[' * 5000) + (']' * 5000) + '}' }
            @{ Why = 'maps 17 deep'; Json = '{"types":[],"value":' + ('{"$":"hashtable","value":{"a":' * 17) + '1' + ('}}' * 17) + '}' }
            @{ Why = '100,001 values'; Json = '{"types":[],"value":[' + ('0,' * 100000) + '0]}' }
            @{ Why = 'millions of values'; Json = '{"types":[],"value":[' + ('0,' * 3000000) + '0]}' }
        ) {
            $message = Send-Json $Json
            $message.Error | Should -Be 'MalformedBody'
            $message.Body | Should -BeNullOrEmpty
            $message.Length | Should -Be ([Text.Encoding]::UTF8.GetByteCount($Json))
            'the session goes on' | Send-StationMessage $pair.Left
            (Receive-StationMessage $pair.Right -TimeoutSec 5).Body | Should -Be 'the session goes on'
        }

        It 'is malformed where it is no UTF-8' {
            $bytes = [Text.Encoding]::UTF8.GetBytes('{"types":[],"value":"x"}')
            $bytes[21] = 0xFF
            (Send-Raw $bytes).Error | Should -Be 'MalformedBody'
        }

        It 'is never an error of the reader: random damage' {
            $random = [Random]::new(4711)
            $json = '{"types":["System.Object"],"value":{"a":{"$":"int64","value":"5"},"b":[1,2.5,"x\u00e4",null,true],"c":{"$":"hashtable","value":{"k":{"$":"enum","value":"Monday","number":"1","type":"System.DayOfWeek"}}}}}'
            $reader = (Get-Command Receive-StationMessage).ImplementingType.Assembly.GetType('SecureStation.Serialization.ObjectReader').GetMethod('TryRead')
            foreach ($round in 1..3000) {
                $bytes = [Text.Encoding]::UTF8.GetBytes($json)
                foreach ($hit in 0..$random.Next(3)) { $bytes[$random.Next($bytes.Length)] = $random.Next(256) }
                $null = $reader.Invoke($null, @([ReadOnlyMemory[byte]]$bytes, $null))
            }
        }
    }
}
