namespace SecureStation.Core.Messages;

/// <summary>What the body of a message is.</summary>
public enum StationMessageKind : byte
{
    /// <summary>UTF-8 text.</summary>
    Text = 1,

    /// <summary>Bytes as they are.</summary>
    Bytes = 2,

    /// <summary>A JSON document that describes an object (docs/protocol/objects.md).</summary>
    Object = 3,

    /// <summary>For a service of the session, named by the header <c>service</c>; never enters the inbox.</summary>
    Service = 4,
}
