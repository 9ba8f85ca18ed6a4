using SecureStation.Serialization;

namespace SecureStation.Fuzz.Targets;

/// <summary>Bodies of messages of kind object. The reader never throws, and makes nothing of a live type.</summary>
internal sealed class ObjectTarget : IFuzzTarget
{
    public string Name => "object";

    public IEnumerable<byte[]> Corpus() =>
    [
        """{"types":["System.String"],"value":"text"}"""u8.ToArray(),
        """{"types":["System.Management.Automation.PSCustomObject"],"value":{"a":1,"b":[1,2.5,null,true],"c":{"$":"Int64","value":"9223372036854775807"}}}"""u8.ToArray(),
        """{"types":[],"value":{"$":"DateTime","value":"2026-11-28T08:00:00.0000000Z"}}"""u8.ToArray(),
        """{"types":[],"value":{"$":"Guid","value":"00000000-0000-0000-0000-000000000001","members":{"x":1}}}"""u8.ToArray(),
        """{"types":["System.Collections.Hashtable"],"value":{"$":"Map","value":[["a",1],[2,"b"]]}}"""u8.ToArray(),
        """{"types":["System.Xml.XmlDocument"],"value":{"$":"Xml","value":"<a b='c'>d</a>"}}"""u8.ToArray(),
        """{"types":[],"value":[[[[[[[[1]]]]]]]]}"""u8.ToArray(),
        """{"types":[],"value":{"$":"Array","lengths":[2,2],"value":[1,2,3,4]}}"""u8.ToArray(),
    ];

    public bool Run(byte[] input) => ObjectReader.TryRead(input, out _);
}
