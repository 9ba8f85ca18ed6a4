using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions.Secure;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Connecting;

/// <summary>
/// Finds out whether a station answers at an address and which key it has, stage by stage, without sending any message. It trusts nothing by
/// itself and writes nothing: a key that nobody trusts is reported, and this side's identity is not shown to it. Where the key is trusted, and
/// an identity is given, the probe goes on to Welcome, which says whether that identity is let in, and closes.
/// </summary>
public sealed class StationProbe
{
    private static readonly string[] s_stages = ["Resolve", "Connect", "Message1", "Message2", "Trust", "Message3", "Welcome"];

    private readonly StationClientOptions _options;
    private readonly StationSuite _suite;
    private readonly StationAddress _target;
    private readonly List<ProbeStage> _stages = [];
    private string[] _resolved = [];
    private StationPublicKey? _peer;
    private TrustVerdict? _verdict;
    private StationException? _error;

    private StationProbe(StationClientOptions options)
    {
        _options = options;
        _suite = StationSuite.Choose(options.Suite);
        _target = options.Target;
    }

    /// <summary>Probes a station.</summary>
    /// <param name="options">Host, port and suite; an identity to be tried too, if there is one; whom to trust, Strict only.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a trust mode or suite that a probe cannot have. What the probe finds is in the report.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<StationProbeReport> ProbeAsync(StationClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Trust.Mode != TrustMode.Strict || options.Trust.Invitation is not null || StationSuite.Choose(options.Suite).NeedsInvitation)
        {
            throw new StationException(StationFault.InvalidArgument, "A probe trusts nothing by itself: its trust is Strict, without an invitation, and its suite one without.");
        }

        var probe = new StationProbe(options);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Limits.HandshakeTimeout);
        try
        {
            await probe.RunAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (StationException e)
        {
            // The stage that failed has said so.
            probe._error = e;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return probe.Report();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_target.Kind == StationAddressKind.Tcp && _options.Dialer is DirectDialer)
        {
            IPAddress[] addresses = await StageAsync("Resolve", ResolveAsync, found => string.Join(", ", found.AsEnumerable()), cancellationToken).ConfigureAwait(false);
            _resolved = Array.ConvertAll(addresses, address => address.ToString());
        }
        else
        {
            string why = _target.Kind == StationAddressKind.Tcp ? $"Left to {_options.Dialer}" : "There is no name to resolve";
            _stages.Add(new ProbeStage("Resolve", ProbeResult.Skipped, 0, why));
        }

        await using ITransport transport = await StageAsync(
            "Connect",
            token => _options.Dialer.ConnectAsync(_target, token),
            made => $"{made.LocalAddress} to {made.RemoteAddress}",
            cancellationToken).ConfigureAwait(false);
        using StationKeyPair? fresh = _options.KeyPair is null ? StationKeyPair.Generate() : null;
        StationKeyPair identity = _options.KeyPair ?? fresh!;
        using var local = new StationStaticKey(identity);
        using StationHandshake handshake = StationHandshake.CreateInitiator(_suite, local);
        var channel = new HandshakeChannel(transport, _suite);

        await StageAsync("Message1", Message1, _ => $"{_suite} asked for", cancellationToken).ConfigureAwait(false);
        _peer = await StageAsync("Message2", Message2, key => $"{key.Fingerprint} ({key.Algorithm}) answered and proved itself", cancellationToken).ConfigureAwait(false);
        _verdict = await StageAsync("Trust", _ => Task.FromResult(Decide(identity)), DescribeVerdict, cancellationToken).ConfigureAwait(false);
        if (!_verdict.IsTrusted || _options.KeyPair is null)
        {
            // Not a word about this side: the responder learns only that nobody wants a session.
            await channel.RefuseAsync(StationReason.Closed).ConfigureAwait(false);
            return;
        }

        SecureSession session = await StageAsync("Message3", Message3, _ => $"{identity.Fingerprint} shown", cancellationToken).ConfigureAwait(false);
        await StageAsync("Welcome", Welcome, _ => "The peer lets this identity in", cancellationToken).ConfigureAwait(false);
        await session.CloseAsync(cancellationToken).ConfigureAwait(false);

        async Task<bool> Message1(CancellationToken token)
        {
            await HandshakeChannel.WriteMessageAsync(transport, handshake, Preamble.Format(_suite.Name), after: null, token).ConfigureAwait(false);
            return true;
        }

        async Task<StationPublicKey> Message2(CancellationToken token)
        {
            handshake.Read(await channel.ReadMessageAsync(HandshakeStage.Message2, token).ConfigureAwait(false));
            return handshake.RemoteIdentity!;
        }

        async Task<SecureSession> Message3(CancellationToken token)
        {
            SecureSession? made = null;
            await HandshakeChannel.WriteMessageAsync(transport, handshake, default, SealWelcome, token).ConfigureAwait(false);
            return made!;

            byte[] SealWelcome()
            {
                made = StationProtocolV1.CreateSession(transport, handshake, StationRole.Initiator, _verdict, new byte[16], _options.Limits, TimeProvider.System, DateTimeOffset.UtcNow);
                return made.SealWelcome(new byte[16]);
            }
        }

        async Task<bool> Welcome(CancellationToken token)
        {
            await session.StartAsync(channel.Rest, token).ConfigureAwait(false);
            return true;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(_target.Host, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw Unknown(inner: null);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw Unknown(e);
        }
    }

    /// <summary>A key that contradicts what is known fails the probe; one that nothing is known of is only not trusted.</summary>
    private TrustVerdict Decide(StationKeyPair identity)
    {
        TrustVerdict verdict = _options.Trust.Decide(_peer!, identity);
        bool isNamed = _options.Trust.ExpectedFingerprint is not null || _options.Trust.PeerName is not null;
        return verdict.Error is { } error && (isNamed || error.Fault == StationFault.PeerKeyChanged) ? throw error : verdict;
    }

    private static string DescribeVerdict(TrustVerdict verdict) =>
        verdict.IsTrusted ? $"Trusted: {verdict.Basis}{(verdict.PeerName is null ? string.Empty : $" ({verdict.PeerName})")}" : "Nothing is known of this key here";

    private async Task<T> StageAsync<T>(string name, Func<CancellationToken, Task<T>> work, Func<T, string> describe, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            T result = await work(cancellationToken).ConfigureAwait(false);
            Add(ProbeResult.Passed, describe(result));
            return result;
        }
        catch (Exception e) when (e is StationException or IOException or OperationCanceledException)
        {
            StationException failure = e as StationException ?? (e is IOException
                ? new StationException(StationFault.HandshakeFailed, $"The handshake failed at {name}: {e.Message}", e)
                : new StationException(StationFault.Timeout, $"{_target} did not get past {name}{_options.Via} within {_options.Limits.HandshakeTimeout.TotalSeconds:0.###} s.", e));
            Add(ProbeResult.Failed, failure.Message);
            throw failure;
        }

        void Add(ProbeResult result, string detail) =>
            _stages.Add(new ProbeStage(name, result, Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 3), detail));
    }

    private StationProbeReport Report() => new()
    {
        Address = _target.ToString(),
        IsTrusted = _verdict is { IsTrusted: true },
        PeerFingerprint = _peer?.Fingerprint.ToString(),
        PeerName = _verdict?.PeerName,
        Suite = _suite.Name,
        ResolvedAddresses = _resolved,

        // An array, so that scripts can index it.
        Stages = _stages.Concat(s_stages.Skip(_stages.Count).Select(name => new ProbeStage(name, ProbeResult.Skipped, 0, string.Empty))).ToArray(),
        Error = _error ?? _verdict?.Error,
    };

    private StationException Unknown(Exception? inner) =>
        new(StationFault.ConnectFailed, $"The name '{_target.Host}' is unknown{(inner is null ? string.Empty : $": {inner.Message}")}", inner)
        {
            Stage = HandshakeStage.Connect,
            Address = _target.ToString(),
        };
}
