using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using SecureStation.Core;
using SecureStation.Core.Listening;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Transport;

namespace SecureStation.Legacy.DocumentNotary;

/// <summary>
/// The old notary's server, for many clients at once:
/// <code>
/// request  base64(OAEP(server key, id "&lt;!&gt;" SHA-256 hex of the document))
/// receipt  base64(OAEP(client key, hash "&lt;!&gt;" ctime "&lt;!&gt;" signature))
/// </code>
/// It has no words for a failure: it closes, as the original does when it dies.
/// </summary>
internal sealed partial class NotaryServer : INotaryServer
{
    private readonly DocumentNotaryOptions _options;
    private readonly NotaryRsaKey _key;
    private readonly ConnectionServer _server;
    private readonly Lock _gate = new();
    private DateTimeOffset _lastTime;
    private long _granted;
    private long _rejected;

    private NotaryServer(DocumentNotaryOptions options)
    {
        _options = options;
        _key = (NotaryRsaKey)options.KeyPair;
        _server = ConnectionServer.Start(options.Address, options.Port, options.MaxConnections, ServeAsync);
    }

    public string Id { get; } = Guid.NewGuid().ToString("n")[..8];

    public string Protocol => DocumentNotaryWire.Name;

    public IReadOnlyList<IPEndPoint> EndPoints => _server.EndPoints;

    public int Port => EndPoints[0].Port;

    public Uri Uri => new UriBuilder("notary", EndPoints[0].Address.Equals(IPAddress.Any) ? Dns.GetHostName() : EndPoints[0].Address.ToString(), Port).Uri;

    public bool IsListening => _server.IsListening;

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    public long Granted => Interlocked.Read(ref _granted);

    public long Rejected => Interlocked.Read(ref _rejected);

    public StationException? LastFailure { get; private set; }

    public string PublicKeyDirectory => _options.PublicKeyDirectory;

    public bool SignEmptyHash => _options.SignEmptyHash;

    public static NotaryServer Start(DocumentNotaryOptions options) =>
        Directory.Exists(options.PublicKeyDirectory)
            ? new NotaryServer(options)
            : throw new StationException(StationFault.NotFound, $"There is no folder '{options.PublicKeyDirectory}'.") { Subject = StationSubject.Folder };

    public async Task StopAsync() => await _server.DisposeAsync().ConfigureAwait(false);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(ITransport transport, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(_options.RequestTimeout);
        try
        {
            byte[] request = await NotaryConnection.ReadAsync(transport, _key.WireLength, static _ => false, deadline.Token).ConfigureAwait(false);
            byte[] answer = Answer(request);
            Interlocked.Increment(ref _granted);
            await NotaryConnection.WriteAsync(transport, answer, deadline.Token).ConfigureAwait(false);
            await NotaryConnection.FinishAsync(transport).ConfigureAwait(false);
        }
        catch (StationException e)
        {
            Fail(e);
        }
        catch (OperationCanceledException)
        {
            Fail(new StationException(StationFault.Timeout, "The client did not send its request in time."));
        }
    }

    private byte[] Answer(byte[] request)
    {
        if (NotaryConnection.FromBase64(request) is not { } ciphertext || ciphertext.Length != _key.ModulusSize || _key.Decrypt(ciphertext) is not { } plain)
        {
            throw new StationException(StationFault.ProtocolError, "The request was not encrypted for this server.");
        }

        if (!NotaryText.TrySplit(plain, out ReadOnlySpan<byte> id, out ReadOnlySpan<byte> hash) || !HashForm().IsMatch(Encoding.Latin1.GetString(hash)))
        {
            throw new StationException(StationFault.ProtocolError, "The request is not an id and a hash of 64 hex digits.");
        }

        using NotaryRsaKey client = FindClient(Encoding.Latin1.GetString(id));
        byte[] stamp = Encoding.ASCII.GetBytes(NotaryText.Stamp(TakeTime().DateTime));
        byte[] signature = NotarySignature.Sign(_key, hash, stamp, _options.SignEmptyHash);
        return NotaryConnection.ToBase64(client.Encrypt(NotaryText.Join(hash, stamp, signature), "The receipt"));
    }

    // The id comes from the network and goes into a path.
    private NotaryRsaKey FindClient(string id) => IdForm().IsMatch(id)
        ? NotaryRsaKey.ReadPublic(Path.Combine(_options.PublicKeyDirectory, $"{id}_publickey.bin"))
        : throw new StationException(StationFault.ProtocolError, "The client's id is not letters, digits, '_' and '-'.");

    /// <summary>Local time, never earlier than the last one.</summary>
    private DateTimeOffset TakeTime()
    {
        lock (_gate)
        {
            DateTimeOffset now = _options.Clock.GetLocalNow();
            _lastTime = now > _lastTime ? now : _lastTime;
            return _lastTime;
        }
    }

    private void Fail(StationException failure)
    {
        Interlocked.Increment(ref _rejected);
        LastFailure = failure;
    }

    [GeneratedRegex("^[0-9A-Fa-f]{64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex HashForm();

    [GeneratedRegex("^[0-9A-Za-z_-]{1,64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdForm();
}
