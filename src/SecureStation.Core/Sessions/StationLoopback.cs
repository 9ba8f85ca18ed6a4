using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Core.Sessions;

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
    public static async Task<StationLoopback> CreateAsync(
        StationKeyPair? left = null, StationKeyPair? right = null, string suite = StationSuite.Default, StationLimits? limits = null, CancellationToken cancellationToken = default)
    {
        (MemoryTransport leftEnd, MemoryTransport rightEnd) = MemoryTransport.CreatePair();
        return await CreateAsync(leftEnd, rightEnd, left, right, suite, limits, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<StationLoopback> CreateAsync(
        ITransport leftEnd, ITransport rightEnd, StationKeyPair? left, StationKeyPair? right, string suite, StationLimits? limits, CancellationToken cancellationToken)
    {
        limits ??= StationLimits.Default;
        StationKeyPair leftKey = left ?? StationKeyPair.Generate();
        StationKeyPair rightKey = right ?? StationKeyPair.Generate();
        using var leftStatic = new StationStaticKey(leftKey);
        using var rightStatic = new StationStaticKey(rightKey);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.HandshakeTimeout);
        var initiator = new InitiatorTerms(suite, Invitation: null, limits, remote => Expect(remote, rightKey));
        var responder = new LoopbackTerms(leftKey) { Suites = [suite], Limits = limits };
        Task<StationSession> accepting = StationProtocolV1.AcceptAsync(rightEnd, rightStatic, responder, deadline.Token);
        Task<StationSession> connecting = StationProtocolV1.ConnectAsync(leftEnd, leftStatic, initiator, deadline.Token);
        try
        {
            await Task.WhenAll(accepting, connecting).ConfigureAwait(false);
        }
        catch
        {
            leftEnd.Abort();
            rightEnd.Abort();
            throw;
        }

        return new StationLoopback(await connecting.ConfigureAwait(false), await accepting.ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(Left.CloseAsync(), Right.CloseAsync()).ConfigureAwait(false);

    private static TrustVerdict Expect(StationPublicKey remote, StationKeyPair expected) => remote.Equals(expected.PublicKey)
        ? TrustVerdict.Trusted(TrustBasis.Fingerprint, peerName: null)
        : TrustVerdict.Refused(new StationException(StationFault.PeerUntrusted, "The other end of the loopback is not the expected one."));

    private sealed class LoopbackTerms(StationKeyPair expected) : ResponderTerms
    {
        public override (TrustVerdict Verdict, StationReason Refusal) Admit(StationPublicKey remote, IInvitationUse? invitation) =>
            (Expect(remote, expected), StationReason.PeerUntrusted);
    }
}
