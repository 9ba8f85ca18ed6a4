using System.Security;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Sealing;
using SecureStation.Core.Trust;

namespace SecureStation;

/// <summary>What the sealing cmdlets ask of their sender, and the terms that it makes.</summary>
internal sealed class SealSender
{
    /// <summary>For whom.</summary>
    public SealTarget[] To { get; init; } = [];

    /// <summary>Whether a -KeyPair was given.</summary>
    public bool HasKeyPair { get; init; }

    /// <summary>Whether nobody signs.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Seals with a passphrase instead.</summary>
    public SecureString? SealPassphrase { get; init; }

    /// <summary>Classically for all.</summary>
    public bool AllowClassical { get; init; }

    /// <summary>How long it is good for.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>Whether a plain age file is made.</summary>
    public bool Raw { get; init; }

    /// <summary>Refuses what contradicts itself. Nobody is taken for a sender who was not named.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public void Check()
    {
        string? problem = this switch
        {
            { Raw: true, HasKeyPair: true } => "A plain age file is not signed: leave -KeyPair out, or -Raw.",
            { Raw: true, ExpiresIn: not null } => "A plain age file does not say when it expires: leave -ExpiresIn out, or -Raw.",
            { HasKeyPair: true, Anonymous: true } => "-KeyPair names a sender and -Anonymous says that there is none.",
            { Raw: false, HasKeyPair: false, Anonymous: false } => "Who seals it? Give -KeyPair, which signs it, or -Anonymous.",
            { ExpiresIn: { } span } when span <= TimeSpan.Zero => "-ExpiresIn is a time span above zero.",
            _ => null,
        };
        if (problem is not null)
        {
            throw new StationException(StationFault.InvalidArgument, problem);
        }
    }

    /// <summary>The terms of one message, with its recipients as the trust store knows them now. The passphrase in them is the caller's to dispose of.</summary>
    public SealingTerms ToTerms(StationKeyPair? keyPair, ITrustStore store)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using var text = new PassphraseText(SealPassphrase);
        return new SealingTerms
        {
            Sender = keyPair,
            Recipients = [.. To.Select(target => target.Resolve(store, now))],
            Passphrase = SealPassphrase is null ? null : new SealPassphrase(text.Span),
            AllowClassical = AllowClassical,
            SentAt = now,
            ExpiresAt = now + ExpiresIn,
        };
    }
}
