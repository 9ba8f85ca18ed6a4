namespace SecureStation.Core.Sealing;

/// <summary>How a file is sealed or opened.</summary>
public sealed record SealedFileOptions
{
    /// <summary>Whether a file of that name is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether it is sealed as ASCII armor: a third larger, and text.</summary>
    public bool IsArmored { get; init; }

    /// <summary>Whether it is a plain age file, without head and signature.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Told of the bytes of the body that are done.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Ends the work; nothing is left behind.</summary>
    public CancellationToken Token { get; init; }
}
