using System.Globalization;

namespace SecureStation.Core.Receipts;

/// <summary>Whether a receipt is valid, and what follows from that and what does not.</summary>
public sealed record ReceiptReport
{
    internal ReceiptReport(SignedReceipt receipt, IReadOnlyList<string> failed)
    {
        Receipt = receipt;
        Failed = failed;
    }

    /// <summary>Whether it is the expected receiver's.</summary>
    public bool IsValid => Failed.Count == 0;

    /// <summary>The receipt.</summary>
    public SignedReceipt Receipt { get; }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Failed { get; }

    /// <summary>What a valid receipt proves; nothing of one that is not.</summary>
    public IReadOnlyList<string> Proves => !IsValid ? [] :
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"Whoever has the private key of {Statement.Receiver} states that message {Statement.Message} of session {Statement.Session} was in its inbox: {Statement.Length} bytes, SHA-256 {Statement.BodyHash}."),
        $"It states that the message came from {Statement.Sender} over the connection with the handshake hash {Statement.HandshakeHash}.",
    ];

    /// <summary>What it does not prove, valid or not.</summary>
    public IReadOnlyList<string> DoesNotProve { get; } =
    [
        "That anybody read the message, understood it or agreed to it.",
        "When: the time is what the receiver's clock said.",
        "That the sender sent it: the sender has signed nothing here. Its own transcript of the handshake, signed, may say so.",
        "What the message was: compare the SHA-256 of the text (UTF-8), bytes or file that it is said to be with BodyHash.",
    ];

    /// <inheritdoc/>
    public override string ToString() => IsValid ? $"Valid: received by {Statement.Receiver}" : $"Not valid: {string.Join(' ', Failed)}";

    private ReceiptStatement Statement => Receipt.Statement;
}
