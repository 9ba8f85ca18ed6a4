using System.Collections.ObjectModel;

namespace SecureStation.Core.Trust;

/// <summary>Addresses, in order and each once. As text they have <c>;</c> between them, as a column of a table has them.</summary>
internal sealed class AddressList(IEnumerable<string> addresses)
    : ReadOnlyCollection<string>([.. addresses.Select(PeerAddress.Normalize).Distinct().Order(StringComparer.Ordinal)])
{
    /// <summary>The list without any.</summary>
    public static AddressList None { get; } = new([]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', this);
}
