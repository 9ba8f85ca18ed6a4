namespace SecureStation.Serialization;

/// <summary>
/// The kinds of a tagged value, <c>{"$":"guid","value":"…"}</c>: what JSON has no form of its own for.
/// </summary>
internal static class ObjectTag
{
    public const string SByte = "int8";
    public const string Byte = "uint8";
    public const string Int16 = "int16";
    public const string UInt16 = "uint16";
    public const string UInt32 = "uint32";
    public const string Int64 = "int64";
    public const string UInt64 = "uint64";
    public const string BigInteger = "bigint";
    public const string Single = "single";
    public const string Double = "double";
    public const string Decimal = "decimal";
    public const string Char = "char";
    public const string DateTime = "datetime";
    public const string DateTimeOffset = "datetimeoffset";
    public const string DateOnly = "date";
    public const string TimeOnly = "time";
    public const string TimeSpan = "timespan";
    public const string Guid = "guid";
    public const string Bytes = "bytes";
    public const string Version = "version";
    public const string Uri = "uri";
    public const string RelativeUri = "relativeuri";
    public const string Half = "half";
    public const string Int128 = "int128";
    public const string UInt128 = "uint128";
    public const string Xml = "xml";
    public const string XmlElement = "xmlelement";
    public const string Json = "json";
    public const string Enum = "enum";
    public const string Hashtable = "hashtable";
    public const string Ordered = "ordered";
    public const string Array = "array";
    public const string Object = "object";
    public const string Members = "members";
}
