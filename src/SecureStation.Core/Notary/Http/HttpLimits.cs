using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Notary.Http;

/// <summary>What a client may send, and how long it may take.</summary>
internal sealed record HttpLimits
{
    /// <summary>Bytes of request line and headers.</summary>
    public int MaxHeader { get; init; } = 8 * 1024;

    /// <summary>Bytes of a body.</summary>
    public int MaxBody { get; init; } = TimeStampRequest.MaxSize;

    /// <summary>From a request's first byte to its last.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between requests of one connection, and before the first.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For taking a response.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
