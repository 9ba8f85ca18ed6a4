using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Notary.Log;

/// <summary>
/// One line of a notary log:
/// <code>
/// SN1 LOGID SEQUENCE PREVIOUS KEY TOKEN SIGNATURE LF
///
/// SN1        the version of the form
/// LOGID      32 hex digits, random, the same in the whole log
/// SEQUENCE   1, 2, 3 …
/// PREVIOUS   SHA-256 of the line before, without its signature and the blank before that; 64 zeros in the first
/// KEY        base64 of the SPKI of the key that signed
/// TOKEN      base64 of the TimeStampToken
/// SIGNATURE  base64, purpose "log", over log id [16] | sequence u64 | SHA-256 of this line without signature [32]
/// </code>
/// </summary>
public sealed class NotaryLogEntry
{
    /// <summary>The longest line, in bytes.</summary>
    internal const int MaxLine = 128 * 1024;

    internal static readonly string FirstPrevious = new('0', 2 * SHA256.HashSizeInBytes);

    private NotaryLogEntry(string? path, long line, NotaryLogHead? head, string previousHash, TimeStampToken? token, string? problem)
    {
        Path = path;
        Line = line;
        Head = head;
        PreviousHash = previousHash;
        Token = token;
        Problem = problem;
    }

    /// <summary>The log's id; empty where the line could not be read.</summary>
    public string LogId => Head?.LogId ?? string.Empty;

    /// <summary>The entry's number; 0 where the line could not be read.</summary>
    public long Sequence => Head?.Sequence ?? 0;

    /// <summary>The time of the token.</summary>
    public DateTimeOffset? Time => Token?.Time;

    /// <summary>The serial number of the token.</summary>
    public string? SerialNumber => Token?.SerialNumber;

    /// <summary>The token; null where it could not be read.</summary>
    public TimeStampToken? Token { get; }

    /// <summary>SHA-256 of the line, in hex; empty where the line could not be read.</summary>
    public string Hash => Head?.Hash ?? string.Empty;

    /// <summary>The hash of the entry before, in hex.</summary>
    public string PreviousHash { get; }

    /// <summary>The signed head of the log at this entry; null where the line could not be read.</summary>
    public NotaryLogHead? Head { get; }

    /// <summary>The file that it was read from.</summary>
    public string? Path { get; }

    /// <summary>The line in that file, from 1.</summary>
    public long Line { get; }

    /// <summary>Why the line could not be read; null where it could.</summary>
    public string? Problem { get; }

    /// <inheritdoc/>
    public override string ToString() => Problem ?? string.Create(CultureInfo.InvariantCulture, $"{Sequence} {Token}");

    /// <summary>Reads a line, without its LF. What cannot be read becomes an entry that says so.</summary>
    internal static NotaryLogEntry Parse(ReadOnlySpan<byte> line, string? path, long number)
    {
        try
        {
            if (line.Length <= MaxLine && Ascii.IsValid(line))
            {
                string text = Encoding.ASCII.GetString(line);
                string[] fields = text.Split(' ');
                if (fields is [NotaryLogHead.Version, var id, var sequence, { Length: 2 * SHA256.HashSizeInBytes } previous, var key, var token, var signature])
                {
                    byte[] hash = SHA256.HashData(line[..^(signature.Length + 1)]);
                    var head = NotaryLogHead.Parse($"{NotaryLogHead.Version} {id} {sequence} {Convert.ToHexStringLower(hash)} {key} {signature}");
                    return ParseToken(head, previous, token, path, number);
                }
            }
        }
        catch (StationException)
        {
            // Said below.
        }

        return Malformed(path, number, "The line is no entry of a notary log.");
    }

    internal static NotaryLogEntry Malformed(string? path, long line, string problem) => new(path, line, null, string.Empty, null, problem);

    /// <summary>Writes and signs a line, with its LF.</summary>
    internal static byte[] Write(string logId, long sequence, string previousHash, StationKeyPair keyPair, ReadOnlySpan<byte> token, out NotaryLogHead head)
    {
        string start = string.Create(
            CultureInfo.InvariantCulture,
            $"{NotaryLogHead.Version} {logId} {sequence} {previousHash} {Convert.ToBase64String(keyPair.PublicKey.SubjectPublicKeyInfo.Span)} {Convert.ToBase64String(token)}");
        byte[] unsigned = Encoding.ASCII.GetBytes(start);
        head = NotaryLogHead.Sign(logId, sequence, SHA256.HashData(unsigned), keyPair);
        return [.. unsigned, (byte)' ', .. Encoding.ASCII.GetBytes(Convert.ToBase64String(head.Signature)), (byte)'\n'];
    }

    private static NotaryLogEntry ParseToken(NotaryLogHead head, string previous, string token, string? path, long number)
    {
        try
        {
            return new NotaryLogEntry(path, number, head, previous, TimeStampToken.Parse(Convert.FromBase64String(token)), null);
        }
        catch (Exception e) when (e is FormatException or StationException)
        {
            return new NotaryLogEntry(path, number, head, previous, null, null);
        }
    }
}
