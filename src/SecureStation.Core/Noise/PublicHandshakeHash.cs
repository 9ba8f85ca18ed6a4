namespace SecureStation.Core.Noise;

/// <summary>
/// Computes a handshake's h from what anyone can see of it: protocol name, prologue, static keys known beforehand, and the messages. In patterns
/// without psk tokens every input of h goes over the wire in this form (ciphertexts are hashed, not plaintexts); a psk token mixes in a secret.
/// </summary>
public static class PublicHandshakeHash
{
    /// <summary>Whether h follows from what is public.</summary>
    public static bool IsPossible(HandshakePattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return pattern.PskCount == 0;
    }

    /// <summary>h after these messages.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="prologue">The prologue.</param>
    /// <param name="initiatorStatic">The initiator's static public key, where the pattern has it known beforehand.</param>
    /// <param name="responderStatic">The responder's static public key, where the pattern has it known beforehand.</param>
    /// <param name="messages">The messages, in order.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: a psk pattern, a key that is missing, a message too short or too many.</exception>
    public static byte[] Compute(
        ProtocolName protocol, ReadOnlySpan<byte> prologue, ReadOnlySpan<byte> initiatorStatic, ReadOnlySpan<byte> responderStatic, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(messages);
        HandshakePattern pattern = protocol.Pattern;
        if (!IsPossible(pattern))
        {
            throw new StationException(StationFault.InvalidArgument, $"The handshake hash of {pattern.Name} depends on a pre-shared key.");
        }

        if (messages.Count > pattern.Messages.Count)
        {
            throw new StationException(StationFault.InvalidArgument, $"{pattern.Name} has {pattern.Messages.Count} messages, not {messages.Count}.");
        }

        using var symmetric = new SymmetricState(protocol);
        symmetric.MixHash(prologue);
        foreach (MessagePattern preMessage in pattern.PreMessages)
        {
            ReadOnlySpan<byte> key = preMessage.IsFromInitiator ? initiatorStatic : responderStatic;
            if (key.Length != NoiseKeyPair.KeyLength)
            {
                throw new StationException(StationFault.InvalidArgument, $"{pattern.Name} has a static key known beforehand, which is missing.");
            }

            symmetric.MixHash(key);
        }

        for (int i = 0; i < messages.Count; i++)
        {
            MixMessage(symmetric, pattern.Messages[i], messages[i].Span);
        }

        return symmetric.HandshakeHash.ToArray();
    }

    private static void MixMessage(SymmetricState symmetric, MessagePattern pattern, ReadOnlySpan<byte> message)
    {
        if (message.Length < pattern.Overhead)
        {
            throw new StationException(StationFault.InvalidArgument, $"The message {pattern} has at least {pattern.Overhead} bytes, not {message.Length}.");
        }

        foreach (MessageField field in pattern.Fields)
        {
            symmetric.MixHash(message[..field.Length]);
            message = message[field.Length..];
        }

        symmetric.MixHash(message);
    }
}
