namespace SecureStation.Core.Requests;

/// <summary>What a peer asks.</summary>
/// <param name="Call">Its id: that of the message.</param>
/// <param name="Name">The handler's name, as the peer wrote it.</param>
/// <param name="Credit">How many bytes of results it takes at first.</param>
/// <param name="Argument">What it gives to the handler; null for nothing.</param>
internal readonly record struct RequestOffer(ulong Call, string Name, long Credit, RequestValue? Argument);
