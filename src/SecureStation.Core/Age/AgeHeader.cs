namespace SecureStation.Core.Age;

/// <summary>A header as received.</summary>
/// <param name="Stanzas">One or more, in their order.</param>
/// <param name="Authenticated">What the MAC is over: the bytes as they came, from the first to <c>---</c> inclusive.</param>
/// <param name="Mac">The MAC, 32 bytes.</param>
internal sealed record AgeHeader(IReadOnlyList<AgeStanza> Stanzas, byte[] Authenticated, byte[] Mac);
