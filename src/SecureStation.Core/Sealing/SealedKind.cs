namespace SecureStation.Core.Sealing;

/// <summary>What the body of a sealed message is.</summary>
public enum SealedKind
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>Bytes as they are.</summary>
    Bytes,

    /// <summary>A JSON document that describes an object (docs/protocol/objects.md).</summary>
    Object,

    /// <summary>The content of a file.</summary>
    File,
}
