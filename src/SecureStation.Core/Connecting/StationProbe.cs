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
    private long _lastStageAt = Stopwatch.GetTimestamp();

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
        catch (Exception e) when (e is StationException or IOException or OperationCanceledException)
        {
            probe.Fail(e);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return probe.Report();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_target.Kind == StationAddressKind.Tcp && _options.Dialer is DirectDialer)
        {
            IPAddress[] addresses = await ResolveAsync(cancellationToken).ConfigureAwait(false);
            _resolved = Array.ConvertAll(addresses, address => address.ToString());
            Pass("Resolve", string.Join(", ", _resolved));
        }
        else
        {
            string why = _target.Kind == StationAddressKind.Tcp ? $"Left to {_options.Dialer}" : "There is no name to resolve";
            _stages.Add(new ProbeStage("Resolve", ProbeResult.Skipped, 0, why));
        }

        await using ITransport transport = await _options.Dialer.ConnectAsync(_target, cancellationToken).ConfigureAwait(false);
        Pass("Connect", $"{transport.LocalAddress} to {transport.RemoteAddress}");
        using StationKeyPair? fresh = _options.KeyPair is null ? StationKeyPair.Generate() : null;
        StationKeyPair identity = _options.KeyPair ?? fresh!;
        using var local = new StationStaticKey(identity);
        var terms = new InitiatorTerms(_suite, Invitation: null, _options.Limits, remote => Decide(remote, identity));
        using var driver = new InitiatorDriver(transport, local, terms, new Observer(this));
        TrustVerdict verdict = await driver.MeetAsync(cancellationToken).ConfigureAwait(false);
        if (!verdict.IsTrusted || _options.KeyPair is null)
        {
            // Not a word about this side: the responder learns only that nobody wants a session.
            await driver.RefuseAsync(StationReason.Closed).ConfigureAwait(false);
            return;
        }

        SecureSession session = await driver.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await session.CloseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // All that was asked is known; the goodbye was only a courtesy.
            session.Abort();
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
    private TrustVerdict Decide(StationPublicKey remote, StationKeyPair identity)
    {
        TrustVerdict verdict = _options.Trust.Decide(remote, identity);
        bool isNamed = _options.Trust.ExpectedFingerprint is not null || _options.Trust.PeerName is not null;
        return verdict.Error is { } error && (isNamed || error.Fault == StationFault.PeerKeyChanged) ? throw error : verdict;
    }

    private static string DescribeVerdict(TrustVerdict verdict) =>
        verdict.IsTrusted ? $"Trusted: {verdict.Basis}{(verdict.PeerName is null ? string.Empty : $" ({verdict.PeerName})")}" : "Nothing is known of this key here";

    private void Pass(string name, string detail) => Add(name, ProbeResult.Passed, detail);

    /// <summary>What failed is the first stage that is not through.</summary>
    private void Fail(Exception e)
    {
        if (_stages.Count == s_stages.Length)
        {
            // Nothing that was asked: the connection broke while it was put away.
            return;
        }

        string name = s_stages[_stages.Count];
        _error = e switch
        {
            StationException failure => failure,
            IOException => new StationException(StationFault.HandshakeFailed, $"The handshake failed at {name}: {e.Message}", e),
            _ => new StationException(StationFault.Timeout, $"{_target} did not get past {name}{_options.Via} within {_options.Limits.HandshakeTimeout.TotalSeconds:0.###} s.", e),
        };
        Add(name, ProbeResult.Failed, _error.Message);
    }

    private void Add(string name, ProbeResult result, string detail)
    {
        long now = Stopwatch.GetTimestamp();
        _stages.Add(new ProbeStage(name, result, Math.Round(Stopwatch.GetElapsedTime(_lastStageAt, now).TotalMilliseconds, 3), detail));
        _lastStageAt = now;
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

    /// <summary>Writes down each stage of the handshake, which is the same as a client's.</summary>
    private sealed class Observer(StationProbe probe) : IHandshakeObserver
    {
        public void Passed(HandshakeStage stage, InitiatorDriver driver)
        {
            probe._peer = driver.RemoteIdentity;
            probe._verdict = driver.Verdict;
            probe.Pass(stage.ToString(), stage switch
            {
                HandshakeStage.Message1 => $"{probe._suite} asked for",
                HandshakeStage.Message2 => $"{probe._peer!.Fingerprint} ({probe._peer.Algorithm}) answered and proved itself",
                HandshakeStage.Trust => DescribeVerdict(probe._verdict!),
                HandshakeStage.Message3 => $"{probe._options.KeyPair!.Fingerprint} shown",
                _ => "The peer lets this identity in",
            });
        }
    }
}
