namespace SecureStation.Core.Keys;

/// <summary>
/// The bytes under every signature by an identity key:
/// <code>
/// "SecureStation/1 " purpose   ASCII
/// 00                           one byte; no purpose holds it, so where the purpose ends is unambiguous
/// data                         exactly the bytes that are stored or sent
/// </code>
/// </summary>
internal static class SignatureInput
{
    private static readonly byte[] s_staticKey = "SecureStation/1 static-key\0"u8.ToArray();
    private static readonly byte[] s_transcript = "SecureStation/1 transcript\0"u8.ToArray();
    private static readonly byte[] s_receipt = "SecureStation/1 receipt\0"u8.ToArray();
    private static readonly byte[] s_log = "SecureStation/1 log\0"u8.ToArray();
    private static readonly byte[] s_card = "SecureStation/1 card\0"u8.ToArray();
    private static readonly byte[] s_sealed = "SecureStation/1 sealed\0"u8.ToArray();

    /// <summary>The whole input: prefix of the purpose, then the data.</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/>: no such purpose.</exception>
    public static byte[] Build(SignaturePurpose purpose, ReadOnlySpan<byte> data)
    {
        byte[] prefix = purpose switch
        {
            SignaturePurpose.StaticKey => s_staticKey,
            SignaturePurpose.Transcript => s_transcript,
            SignaturePurpose.Receipt => s_receipt,
            SignaturePurpose.Log => s_log,
            SignaturePurpose.Card => s_card,
            SignaturePurpose.Sealed => s_sealed,
            _ => throw new StationException(StationFault.InvalidArgument, $"There is no signature purpose {(int)purpose}."),
        };
        var input = new byte[prefix.Length + data.Length];
        prefix.CopyTo(input, 0);
        data.CopyTo(input.AsSpan(prefix.Length));
        return input;
    }
}
