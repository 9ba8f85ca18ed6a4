namespace SecureStation.Core.Transfers;

/// <summary>How files are sent.</summary>
public sealed record FileSenderOptions
{
    /// <summary>How long the peer may say nothing about a file before that fails; infinite for ever. 30 s.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told of each file of a folder that fails, with its path, from whatever thread; it must not block. The others go on.</summary>
    public Action<string, StationException>? Failed { get; init; }

    /// <summary>Told of each link in a folder, which is passed over.</summary>
    public Action<string>? PassedOver { get; init; }
}
