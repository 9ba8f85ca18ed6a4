using System.Text;
using System.Text.Json;
using NATS.Client.Core;
using SecureStation.Core;
using SecureStation.Core.Storage;

namespace SecureStation.Nats;

/// <summary>Who this client is to the server. The file of -CredentialPath is one of three, told apart by its content:</summary>
/// <remarks>
/// <code>
/// -----BEGIN NATS USER JWT-----   a .creds file of nsc
/// SU…                             an nkey seed
/// USER:PASSWORD                   one line
/// </code>
/// </remarks>
internal sealed record NatsCredentials(NatsAuthOpts Options, string? User)
{
    private const int MaxFile = 64 * 1024;

    /// <summary>
    /// The prefix of the subjects that answers come to: the client's own, so that a server's permissions can keep other clients from listening there.
    /// </summary>
    public string InboxPrefix => "_INBOX_" + (User is null ? "STATION" : string.Concat(User.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_')));

    /// <exception cref="StationException"><see cref="StationFault.NotFound"/>, <see cref="StationFault.InvalidKey"/>, <see cref="StationFault.StorageFailed"/></exception>
    public static NatsCredentials Find(NatsAddress address, string? path)
    {
        if (path is null)
        {
            return address.User is null
                ? new NatsCredentials(NatsAuthOpts.Default, null)
                : new NatsCredentials(new NatsAuthOpts { Username = address.User, Password = address.Password }, address.User);
        }

        string text = Read(path);
        if (text.Contains("-----BEGIN NATS USER JWT-----", StringComparison.Ordinal))
        {
            return new NatsCredentials(new NatsAuthOpts { Creds = text }, SubjectOf(text));
        }

        string line = text.Trim();
        if (line.StartsWith("SU", StringComparison.Ordinal) && line.Length == 58 && line.All(char.IsAsciiLetterOrDigit))
        {
            string nkey = NATS.NKeys.KeyPair.FromSeed(line).GetPublicKey();
            return new NatsCredentials(new NatsAuthOpts { NKey = nkey, Seed = line }, nkey);
        }

        return line.Split(':', 2) is [{ Length: > 0 } user, var password] && !line.Contains('\n', StringComparison.Ordinal)
            ? new NatsCredentials(new NatsAuthOpts { Username = user, Password = password }, user)
            : throw new StationException(StationFault.InvalidKey, $"'{path}' has no credentials for NATS: a .creds file, an nkey seed, or USER:PASSWORD in one line.");
    }

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(BoundedFile.Read(path, MaxFile)
                ?? throw new StationException(StationFault.InvalidKey, $"'{path}' is too large for credentials."));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StationException(StationFault.NotFound, $"There is no file '{path}' with credentials.", e);
        }
    }

    // The user's public nkey stands in the token as `sub`. Only the server verifies it; here it names a prefix.
    private static string? SubjectOf(string creds)
    {
        try
        {
            string token = creds.Split('\n').Select(line => line.Trim()).First(line => line.Count(letter => letter == '.') == 2);
            string payload = token.Split('.')[1].Replace('-', '+').Replace('_', '/');
            using var json = JsonDocument.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
            return json.RootElement.GetProperty("sub").GetString();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }
}
