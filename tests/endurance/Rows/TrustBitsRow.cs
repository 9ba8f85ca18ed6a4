using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>
/// Every bit of every file of a trust store flipped, one at a time: whoever asks for a peer by its key, its name or an address gets what was there, or an
/// error, and never another answer.
/// </summary>
internal sealed class TrustBitsRow() : StationRow("trust-bits", "bits flipped in a trust store's files", 10_000, 1000, "the same answer or a refusal, never another", 60)
{
    private const string Address = "server.example:7700";

    public override Task<RowOutcome> RunAsync(RowContext context)
    {
        string folder = Path.Combine(context.Folder, "peers");
        var store = new FileTrustStore(folder);
        Fingerprint[] peers = [AddPeer(store, "server"), AddPeer(store, "other")];
        store.Pin(Address, peers[0]);
        (string File, byte[] Content)[] files = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(static file => (file, File.ReadAllBytes(file))).Where(static file => file.Item2.Length > 0)];
        int bits = files.Sum(static file => file.Content.Length * 8);
        Func<object?>[] questions = [.. peers.Select(peer => (Func<object?>)(() => Text(store.Find(peer)))), () => Text(store.FindByName("server")), () => Text(store.FindByName("other")), () => store.FindPin(Address)];
        object?[] answers = [.. questions.Select(static ask => ask())];
        int refused = 0, same = 0;
        int offset = context.Random.Next(bits);
        for (int i = 0; i < context.Count; i++)
        {
            context.Token.ThrowIfCancellationRequested();

            // 7919 is prime, so that a short run is spread over all bits and a full one meets each.
            int bit = (int)((offset + (i * 7919L)) % bits);
            (string file, byte[] content) = Locate(files, ref bit);
            byte[] flipped = [.. content];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(file, flipped);
            for (int question = 0; question < questions.Length; question++)
            {
                try
                {
                    object? answer = questions[question]();
                    if (!Equals(answer, answers[question]))
                    {
                        return Task.FromResult(new RowOutcome(i, "another answer", Passed: false, $"Bit {bit} of {Path.GetFileName(file)}: {answer ?? "nothing"} for {answers[question]}."));
                    }

                    same++;
                }
                catch (StationException)
                {
                    refused++;
                }
            }

            File.WriteAllBytes(file, content);
        }

        return Task.FromResult(new RowOutcome(
            context.Count,
            $"{context.Count} of {bits} bits in {files.Length} files: {refused} refusals, {same} answers as before",
            refused > context.Count / 2 && answers.All(static answer => answer is not null)));
    }

    private static Fingerprint AddPeer(FileTrustStore store, string name)
    {
        using StationKeyPair key = StationKeyPair.Generate();
        store.Add(new PeerRecord { Name = name, Fingerprint = key.Fingerprint, PublicKey = key.PublicKey, Accept = true, Groups = ["ops"] }, replace: false);
        return key.Fingerprint;
    }

    // Not its addresses: the index, which finds them, is a list of where to look, and what it does not name is not shown. What is pinned is asked for below it.
    private static string? Text(PeerRecord? peer) => peer is null ? null
        : $"{peer.Name} {peer.Fingerprint} {peer.PublicKey} {peer.Accept} {string.Join(',', peer.Groups)} {peer.Added:o}";

    private static (string File, byte[] Content) Locate((string File, byte[] Content)[] files, ref int bit)
    {
        foreach ((string File, byte[] Content) file in files)
        {
            if (bit < file.Content.Length * 8)
            {
                return file;
            }

            bit -= file.Content.Length * 8;
        }

        throw new InvalidOperationException("There is no such bit.");
    }
}
