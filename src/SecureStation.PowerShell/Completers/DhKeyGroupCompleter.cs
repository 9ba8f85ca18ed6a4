using System.Collections;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Completers;

/// <summary>Completes the groups that a key pair can be of: X25519 and the finite-field groups.</summary>
public sealed class DhKeyGroupCompleter : DhGroupCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Hint)> Names(IDictionary bound) =>
        base.Names(bound).Prepend((nameof(DhAlgorithm.X25519), "Curve25519, RFC 7748"));
}
