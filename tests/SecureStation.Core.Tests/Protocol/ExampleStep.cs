namespace SecureStation.Core.Tests.Protocol;

/// <summary>One piece of the document's example: who sends it, and its bytes.</summary>
internal sealed record ExampleStep(string Name, bool IsFromInitiator, string Description)
{
    /// <summary>The whole session, in order.</summary>
    public static IReadOnlyList<ExampleStep> Of(ExampleSession example) =>
    [
        new("preamble", true, "Preamble"),
        new("message-1", true, $"Message 1: {Tokens(example, 0)}, no payload"),
        new("message-2", false, $"Message 2: {Tokens(example, 1)}, the responder's identity"),
        new("message-3", true, $"Message 3: {Tokens(example, 2)}, the initiator's identity"),
        new("welcome-1", true, "Welcome, sent together with message 3"),
        new("welcome-2", false, "Welcome"),
        new("text-1", true, "The text `hello`, id 1"),
        new("ack-1", false, "Ack: message 1 is in the inbox"),
        new("ack-2", false, "Ack: its 5 bytes have been taken out"),
        new("text-2", false, "The text `hello, too`, id 1 of this direction, in reply to 1, with the header `a` = `b`"),
        new("ack-3", true, "Ack: message 1 is in the inbox"),
        new("ack-4", true, "Ack: its 10 bytes have been taken out"),
        new("close-1", true, "Close, reason 0, last id delivered 1; then the end of the stream"),
        new("close-2", false, "Close, reason 0, last id delivered 1; then the end of the stream"),
    ];

    /// <summary>Whether it is a Noise transport message.</summary>
    public bool IsTransport => !IsHandshake && Name != "preamble";

    /// <summary>Whether it is a handshake message.</summary>
    public bool IsHandshake => Name.StartsWith("message-", StringComparison.Ordinal);

    /// <summary>The sender's name.</summary>
    public string Sender => IsFromInitiator ? "initiator" : "responder";

    private static string Tokens(ExampleSession example, int message) => $"`{string.Join(", ", example.Suite.Noise.Pattern.Messages[message].TokenNames)}`";
}
