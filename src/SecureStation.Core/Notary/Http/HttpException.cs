namespace SecureStation.Core.Notary.Http;

/// <summary>A request that is answered with a status of its own; the connection closes then.</summary>
internal sealed class HttpException(int status, string reason, string? header = null) : Exception(reason)
{
    /// <summary>400 to 505.</summary>
    public int Status { get; } = status;

    /// <summary>A header that goes with the status, without line end; null for none.</summary>
    public string? Header { get; } = header;
}
