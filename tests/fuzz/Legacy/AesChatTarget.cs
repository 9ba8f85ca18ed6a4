using SecureStation.Legacy.AesChat;

namespace SecureStation.Fuzz.Legacy;

/// <summary>What comes over the wire of the AES chat behind its key exchange, in reads of <c>u8 length | bytes</c>; a read of nothing is a moment's silence.</summary>
internal sealed class AesChatTarget : IFuzzTarget
{
    public string Name => "aes-chat";

    public IEnumerable<byte[]> Corpus()
    {
        using var chain = new CbcChain(new byte[16]);
        byte[] one = chain.Encrypt("hello```````````"u8);
        byte[] two = chain.Encrypt("a longer text of two blocks`````"u8);
        return [[16, .. one, 32, .. two, 0], [5, .. "alice"u8, 5, .. "hello"u8, 0], [9, .. one[..9], 7, .. one[9..], 0]];
    }

    public bool Run(byte[] input)
    {
        using var chain = new CbcChain(new byte[16]);
        var receiver = new AesReceiver(chain);
        bool any = false;
        for (int at = 0; at < input.Length;)
        {
            int length = Math.Min(input[at++], input.Length - at);
            receiver.Add(input.AsSpan(at, length));
            at += length;
            while (receiver.TryRead(isSilent: length == 0, out _))
            {
                any = true;
            }
        }

        return any;
    }
}
