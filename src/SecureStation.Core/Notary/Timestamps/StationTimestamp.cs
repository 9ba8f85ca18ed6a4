namespace SecureStation.Core.Notary.Timestamps;

/// <summary>A timestamp that was granted: the answer as it came, and what it says.</summary>
public sealed class StationTimestamp
{
    private readonly TimeStampResponse _response;

    internal StationTimestamp(TimeStampResponse response, TimeStampToken token)
    {
        _response = response;
        Token = token;
    }

    /// <summary>The token.</summary>
    public TimeStampToken Token { get; }

    /// <summary>The time, in UTC.</summary>
    public DateTimeOffset Time => Token.Time;

    /// <summary>How far the time may be off; null where the authority does not say.</summary>
    public TimeSpan? Accuracy => Token.Accuracy;

    /// <summary>The authority's number of the token, in hex.</summary>
    public string SerialNumber => Token.SerialNumber;

    /// <summary>The policy, a dotted OID.</summary>
    public string Policy => Token.Policy;

    /// <summary>The hash algorithm's name.</summary>
    public string? HashAlgorithm => Token.HashAlgorithm?.Name;

    /// <summary>The document's hash, in hex.</summary>
    public string Hash => Convert.ToHexStringLower(Token.Hash.Span);

    /// <summary>The document's file, where it is one.</summary>
    public string? DocumentPath { get; init; }

    /// <summary>The file that the response was written to.</summary>
    public string? Path { get; init; }

    /// <summary>The TimeStampResp: what a <c>.tsr</c> file holds.</summary>
    public byte[] ToBytes() => _response.ToBytes();

    /// <summary>A copy that names its files.</summary>
    public StationTimestamp WithPaths(string documentPath, string path) => new(_response, Token) { DocumentPath = documentPath, Path = path };

    /// <inheritdoc/>
    public override string ToString() => Token.ToString();
}
