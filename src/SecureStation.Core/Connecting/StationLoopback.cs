using SecureStation.Core.Handshake;
using SecureStation.Core.Handshake.Driving;
using SecureStation.Core.Keys;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Transport.Faults;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Connecting;

/// <summary>A connected pair of sessions in memory, without sockets: real handshake, real encryption, the same API.</summary>
public sealed class StationLoopback : IAsyncDisposable
{
    private StationLoopback(StationSession left, StationSession right)
    {
        Left = left;
        Right = right;
    }

    /// <summary>The initiator's end.</summary>
    public StationSession Left { get; }

    /// <summary>The responder's end.</summary>
    public StationSession Right { get; }

    /// <summary>Makes a pair; identities that are not given are made in memory.</summary>
    /// <exception cref="StationException">
    /// What a fault of the plan leads to: <see cref="StationFault.HandshakeFailed"/> with its stage, or <see cref="StationFault.Timeout"/>. Of the two
    /// ends' errors this is the one that came first, or that of the end which found the fault and told the other.
    /// </exception>
    public static async Task<StationLoopback> CreateAsync(
        StationKeyPair? left = null,
        StationKeyPair? right = null,
        string? suite = null,
        StationLimits? limits = null,
        IEnumerable<FaultRule>? faults = null,
        CancellationToken cancellationToken = default)
    {
        StationSuite chosen = StationSuite.Choose(suite);
        (MemoryTransport leftEnd, MemoryTransport rightEnd) = MemoryTransport.CreatePair();
        var plan = new FaultPlan(faults ?? []);
        return plan.IsEmpty
            ? await CreateAsync(leftEnd, rightEnd, left, right, chosen, limits, cancellationToken).ConfigureAwait(false)
            : await CreateAsync(
                new FaultyTransport(leftEnd, plan, StationRole.Initiator),
                new FaultyTransport(rightEnd, plan, StationRole.Responder),
                left,
                right,
                chosen,
                limits,
                cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Left} in memory";

    internal static async Task<StationLoopback> CreateAsync(
        ITransport leftEnd, ITransport rightEnd, StationKeyPair? left, StationKeyPair? right, StationSuite suite, StationLimits? limits, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        limits ??= StationLimits.Default;
        StationKeyPair leftKey = left ?? StationKeyPair.Generate();
        StationKeyPair rightKey = right ?? StationKeyPair.Generate();
        using var leftStatic = new StationStaticKey(leftKey);
        using var rightStatic = new StationStaticKey(rightKey);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.HandshakeTimeout);
        var initiator = new InitiatorTerms(suite, Invitation: null, limits, remote => Expect(remote, rightKey)) { Time = time ?? TimeProvider.System };
        var responder = new LoopbackTerms(leftKey) { Suites = [suite.Name], Limits = limits, Time = time ?? TimeProvider.System };
        Task<StationSession> accepting = StationProtocolV1.AcceptAsync(rightEnd, rightStatic, responder, deadline.Token);
        Task<StationSession> connecting = StationProtocolV1.ConnectAsync(leftEnd, leftStatic, initiator, deadline.Token);
        Task<StationSession> first = await Task.WhenAny(accepting, connecting).ConfigureAwait(false);
        try
        {
            await first.ConfigureAwait(false);
            await Task.WhenAll(accepting, connecting).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // What the other end says is only that this one has gone.
            leftEnd.Abort();
            rightEnd.Abort();
            await Task.WhenAny(Task.WhenAll(accepting, connecting), Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)).ConfigureAwait(false);
            Exception? other = (first == connecting ? accepting : connecting).Exception?.InnerException;
            if (other is StationException cause && IsEchoOf(e, cause))
            {
                throw cause;
            }

            _ = first.Exception;
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new StationException(StationFault.Timeout, $"The handshake of the loopback was not complete within {limits.HandshakeTimeout.TotalSeconds:0.###} s.", e);
            }

            throw;
        }

        return new StationLoopback(await connecting.ConfigureAwait(false), await accepting.ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(Left.CloseAsync(), Right.CloseAsync()).ConfigureAwait(false);

    // The one that came first only repeats what the other end found, or met what was done to that.
    private static bool IsEchoOf(Exception first, StationException other) =>
        (first is StationException { PeerHint: not null } && other.PeerHint is null)
        || (first.InnerException is not CutOnPurposeException && other.InnerException is CutOnPurposeException);

    private static TrustVerdict Expect(StationPublicKey remote, StationKeyPair expected) => remote.Equals(expected.PublicKey)
        ? TrustVerdict.Trusted(TrustBasis.Fingerprint, peerName: null)
        : TrustVerdict.Refused(new StationException(StationFault.PeerUntrusted, "The other end of the loopback is not the expected one."));

    private sealed class LoopbackTerms(StationKeyPair expected) : ResponderTerms
    {
        public override (TrustVerdict Verdict, StationReason Refusal) Decide(StationPublicKey remote, IInvitationUse? invitation) =>
            (Expect(remote, expected), StationReason.PeerUntrusted);
    }
}
