using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureStation.Core.Notary.Log;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Core.Notary;

/// <summary>
/// A timestamp authority (RFC 3161): takes TimeStampReq, gives TimeStampResp, and does no I/O of its own but the log's.
/// Thread-safe; signs on all cores.
/// </summary>
public sealed class TimestampAuthority : IDisposable
{
    // Without a stated accuracy, a clock that was set back by more than this gives no tokens until it has caught up.
    private static readonly TimeSpan s_defaultTolerance = TimeSpan.FromSeconds(1);

    private readonly TimestampAuthorityOptions _options;
    private readonly TokenSigner _signer;
    private readonly TimestampClock _clock;
    private readonly byte[] _name;
    private readonly Lock _gate = new();
    private long _granted;
    private long _rejected;

    /// <summary>Makes an authority.</summary>
    /// <exception cref="StationException">
    /// <see cref="StationFault.InvalidKey"/>: the certificate has no private key of a usable kind;
    /// <see cref="StationFault.TimestampCertificateUnsuitable"/>; <see cref="StationFault.InvalidArgument"/>: a policy is no OID, or the accuracy is negative.
    /// </exception>
    public TimestampAuthority(TimestampAuthorityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        foreach (string policy in options.OtherPolicies.Append(options.Policy))
        {
            RequireOid(policy);
        }

        if (options.Accuracy < TimeSpan.Zero || options.Accuracy > TimeSpan.FromDays(1))
        {
            throw new StationException(StationFault.InvalidArgument, "The accuracy is from 0 to one day.");
        }

        TimestampOids.Of(options.SignatureHash);
        _signer = new TokenSigner(options.Certificate, options.Chain, options.SignatureHash);
        _name = options.Certificate.SubjectName.RawData;
        _clock = new TimestampClock(
            options.Clock,
            options.IsOrdering,
            options.Accuracy > TimeSpan.Zero ? options.Accuracy : s_defaultTolerance,
            options.Log?.LastTime ?? DateTimeOffset.MinValue);
    }

    /// <summary>The certificate of the tokens.</summary>
    public X509Certificate2 Certificate => _options.Certificate;

    /// <summary>Tokens given out.</summary>
    public long Granted => Interlocked.Read(ref _granted);

    /// <summary>Requests answered without a token.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Answers a request. Every request gets an answer: what cannot be granted is rejected with the failure info that fits.</summary>
    /// <param name="request">The bytes that came, whatever they are.</param>
    /// <param name="cancellationToken">Ends the wait for a core or for the log.</param>
    /// <returns>TimeStampResp as DER.</returns>
    public async Task<byte[]> RespondAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        if (TimestampQuery.Read(request, out PkiFailureInfo failure, out string problem) is not { } query)
        {
            return Reject(failure, problem);
        }

        string policy = query.Policy ?? _options.Policy;
        if (policy != _options.Policy && !_options.OtherPolicies.Contains(policy))
        {
            return Reject(PkiFailureInfo.UnacceptedPolicy, $"The policy {policy} is not supported; {_options.Policy} is.");
        }

        LogTicket? ticket = null;
        try
        {
            DateTimeOffset time;
            bool isTimeKnown;
            lock (_gate)
            {
                // Under one lock, so that the log has the tokens in the order of their times.
                isTimeKnown = _clock.TryTake(out time);
                ticket = isTimeKnown ? _options.Log?.Reserve() : null;
            }

            if (!isTimeKnown)
            {
                return Reject(PkiFailureInfo.TimeNotAvailable, "The clock is behind the last token.");
            }

            if (time < _options.Certificate.NotBefore || time > _options.Certificate.NotAfter)
            {
                ticket?.Cancel();
                return Reject(PkiFailureInfo.SystemFailure, "The authority's certificate is not valid now.");
            }

            byte[] token = await _signer.SignAsync(Describe(query, policy, time), query.WantsCertificate, cancellationToken).ConfigureAwait(false);
            if (ticket is not null)
            {
                await ticket.CommitAsync(token).WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            Interlocked.Increment(ref _granted);
            return TimeStampResponse.WriteGranted(token);
        }
        catch (Exception e) when (e is CryptographicException or StationException or ObjectDisposedException)
        {
            ticket?.Cancel();
            return Reject(PkiFailureInfo.SystemFailure, "The token could not be signed or logged.");
        }
        catch
        {
            ticket?.Cancel();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _signer.Dispose();

    private byte[] Describe(TimestampQuery query, string policy, DateTimeOffset time) => new TstInfo
    {
        Policy = policy,
        MessageImprint = query.MessageImprint,
        SerialNumber = RandomNumberGenerator.GetBytes(16),
        Time = time,
        Accuracy = _options.Accuracy,
        IsOrdering = _options.IsOrdering,
        Nonce = query.Nonce,
        Tsa = _name,
    }.Encode();

    private byte[] Reject(PkiFailureInfo failure, string problem)
    {
        Interlocked.Increment(ref _rejected);
        return TimeStampResponse.WriteRejection(failure, problem);
    }

    private static void RequireOid(string policy)
    {
        try
        {
            new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER).WriteObjectIdentifier(policy);
        }
        catch (ArgumentException e)
        {
            throw new StationException(StationFault.InvalidArgument, $"'{policy}' is no policy: a dotted object identifier is wanted.", e);
        }
    }
}
