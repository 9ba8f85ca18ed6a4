namespace SecureStation.Core.Listening;

/// <summary>A connection that failed before it was a session.</summary>
public sealed class HandshakeFailedEventArgs(string remoteAddress, StationException failure) : EventArgs
{
    /// <summary>Where it came from.</summary>
    public string RemoteAddress => remoteAddress;

    /// <summary>What went wrong.</summary>
    public StationException Failure => failure;
}
