using SecureStation.Legacy.IdeaStation;

namespace SecureStation.Fuzz.Legacy;

/// <summary>What comes over the wire of the IDEA chat behind its key exchange, in reads of <c>u8 length | bytes</c>.</summary>
internal sealed class IdeaChatTarget : IFuzzTarget
{
    public string Name => "idea-chat";

    public IEnumerable<byte[]> Corpus() => [[16, .. "00112233445566ff"u8], [3, .. "0a1"u8, 5, .. "b2c3d"u8], [0, 255, .. Enumerable.Repeat((byte)'f', 255)]];

    public bool Run(byte[] input)
    {
        bool any = false;
        foreach (bool isFromClient in (bool[])[true, false])
        {
            using var receiver = new IdeaReceiver(new IdeaKeystream(new byte[16]), isFromClient);
            try
            {
                for (int at = 0; at < input.Length;)
                {
                    int length = Math.Min(input[at++], input.Length - at);
                    any |= receiver.Read(input.AsSpan(at, length)).Count > 0;
                    at += length;
                }

                any |= receiver.ReadBeginning().Count > 0;
            }
            catch (FormatException)
            {
                // Not hex: the session ends.
            }
        }

        return any;
    }
}
