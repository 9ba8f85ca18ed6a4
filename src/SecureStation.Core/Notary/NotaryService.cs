using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Sessions.Secure;

namespace SecureStation.Core.Notary;

/// <summary>
/// The service <c>notary</c> of a session: a request's body is a TimeStampReq, the answer's a TimeStampResp, as over HTTP. Who the
/// notary is, the session's handshake has established.
/// </summary>
internal static class NotaryService
{
    public const string Name = "notary";

    // Requests of one session that are worked on at once; the rest wait in the session.
    private const int MaxConcurrent = 64;

    /// <summary>Answers until the session ends or the token is cancelled; then the service is switched off.</summary>
    public static async Task ServeAsync(SecureSession session, TimestampAuthority authority, CancellationToken cancellationToken)
    {
        using var permits = new SemaphoreSlim(MaxConcurrent);
        try
        {
            while (true)
            {
                await permits.WaitAsync(cancellationToken).ConfigureAwait(false);
                StationMessage request = await session.Services.ReceiveAsync(Name, cancellationToken).ConfigureAwait(false);
                _ = AnswerAsync(session, authority, request, permits, cancellationToken);
            }
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            // The session has ended, or the notary.
        }
        finally
        {
            session.Services.SwitchOff(Name);
            await DrainAsync(permits).ConfigureAwait(false);
        }
    }

    private static async Task AnswerAsync(SecureSession session, TimestampAuthority authority, StationMessage request, SemaphoreSlim permits, CancellationToken cancellationToken)
    {
        try
        {
            byte[] response = await authority.RespondAsync(request.BodyBytes, cancellationToken).ConfigureAwait(false);
            await session.SendAsync(OutgoingMessage.Service(Name, response, request.Id), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StationException or OperationCanceledException)
        {
            // The session has ended; so has the question.
        }
        finally
        {
            permits.Release();
        }
    }

    // The answers that are still on their way use the permits; the one of the loop itself was never released.
    private static async Task DrainAsync(SemaphoreSlim permits)
    {
        for (int i = 0; i < MaxConcurrent - 1; i++)
        {
            await permits.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
    }
}
