using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core;
using SecureStation.Core.Auditing;
using SecureStation.Core.Connecting;
using SecureStation.Core.Handshake;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;
using SecureStation.Core.Sessions;
using SecureStation.Core.Transport;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// The machine's clock is set by days, forth and back, again and again: sessions measure time and notice nothing, invitations go by the clock as it is, a
/// notary's times never go back, and the log's chain holds.
/// </summary>
internal sealed class ClockRow() : StationRow("clock", "times that the clock is set, up to 10 days either way", 2000, 200, "no session lost, no time of a notary goes back", 60)
{
    private const int Sessions = 5;
    private static readonly TimeSpan s_life = TimeSpan.FromHours(1);

    private readonly JumpingClock _clock = new();
    private int _invitations;
    private int _refusals;
    private int _tokens;

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        await using StationListener listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Strict, Store = new FileTrustStore(Path.Combine(context.Folder, "peers")) }, Clock = _clock });
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = NotaryCertificate.Create("CN=Endurance", StationKeyAlgorithm.EcdsaP256, 0, now.AddDays(-30), now.AddDays(30), issuer: null);
        using var authority = new TimestampAuthority(new TimestampAuthorityOptions { Certificate = certificate, Clock = _clock });
        StationLog log = StationLog.Start(Path.Combine(context.Folder, "station.log"), _clock);
        var pairs = new List<StationLoopback>();
        for (int i = 0; i < Sessions; i++)
        {
            pairs.Add(await PairAsync(context.Token));
        }

        DateTimeOffset last = DateTimeOffset.MinValue;
        for (int i = 0; i < context.Count; i++)
        {
            await InviteAsync(listener, context);
            _clock.Offset = TimeSpan.FromMinutes(context.Random.Next(-14_400, 14_400));
            AuditTrail.Report(new AuditEvent(AuditEventKind.Request) { Detail = "jump" });
            await EchoAsync(pairs[i % Sessions], $"{i}", context.Token);
            last = await StampAsync(authority, last, context.Token);
        }

        await log.StopAsync();
        StationLogReport report = StationLogVerifier.Verify(log.Path);
        int open = pairs.Count(static pair => pair is { Left.State: StationSessionState.Open, Right.State: StationSessionState.Open });
        return new RowOutcome(
            context.Count,
            $"{open} sessions open, {_invitations} invitations taken, {_refusals} expired, {_tokens} tokens, {report.EntryCount} log entries",
            open == Sessions && report.IsValid && _tokens > 0 && _invitations > 0 && _refusals > 0 && report.EntryCount >= context.Count);
    }

    // Good for an hour by the listener's clock, which is set meanwhile: by less, by more, or back.
    private async Task InviteAsync(StationListener listener, RowContext context)
    {
        using StationInvitation invitation = listener.CreateInvitation(1, s_life);
        DateTimeOffset made = _clock.GetUtcNow();
        _clock.Offset += TimeSpan.FromMinutes(context.Random.Next(-1440, 1440));
        TimeSpan gone = _clock.GetUtcNow() - made;
        if ((gone - s_life).Duration() < TimeSpan.FromMinutes(5))
        {
            return;
        }

        StationFault? met = null;
        try
        {
            await using StationSession session = await StationClient.ConnectAsync(
                new StationClientOptions { Trust = new ClientTrust { Invitation = invitation }, Limits = StationLimits.Default with { HandshakeTimeout = TimeSpan.FromSeconds(60) } },
                context.Token);
        }
        catch (StationException e)
        {
            met = e.Fault;
        }

        bool isDue = gone < s_life;
        if (met is null != isDue)
        {
            throw new InvalidOperationException($"An invitation of an hour, {gone} later: {met?.ToString() ?? "a session"}.");
        }

        _invitations += isDue ? 1 : 0;
        _refusals += isDue ? 0 : 1;
    }

    // A notary whose clock is behind its last token says so; where it answers, no time is before the last.
    private async Task<DateTimeOffset> StampAsync(TimestampAuthority authority, DateTimeOffset last, CancellationToken token)
    {
        TimeStampRequest request = TimeStampRequest.Create(HashAlgorithmName.SHA256, SHA256.HashData("x"u8));
        TimeStampResponse response = TimeStampResponse.Parse(await authority.RespondAsync(request.ToBytes(), token));
        if (response.TokenBytes is not { } bytes)
        {
            return last;
        }

        DateTimeOffset time = TimeStampToken.Parse(bytes).Time;
        _tokens++;
        return time >= last ? time : throw new InvalidOperationException($"A token of {time:o} after one of {last:o}.");
    }

    private static async Task EchoAsync(StationLoopback pair, string text, CancellationToken token)
    {
        await pair.Left.SendAsync(OutgoingMessage.Text(text), token);
        StationMessage came = await pair.Right.ReceiveAsync(token);
        await pair.Right.SendAsync(OutgoingMessage.Text((string)came.Body!), token);
        if (!Equals((await pair.Left.ReceiveAsync(token)).Body, text))
        {
            throw new InvalidOperationException("Another message came.");
        }
    }

    private Task<StationLoopback> PairAsync(CancellationToken token)
    {
        (MemoryTransport left, MemoryTransport right) = MemoryTransport.CreatePair();
        return StationLoopback.CreateAsync(left, right, null, null, StationSuite.Choose(null), limits: null, token, _clock);
    }
}
