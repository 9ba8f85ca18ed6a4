using SecureStation.Core.Noise;
using SecureStation.Core.Tests.Vectors;

namespace SecureStation.Core.Tests.Noise;

/// <summary>Known answers of other implementations: both sides must write and read every byte as they do.</summary>
public class NoiseVectorTests(ITestOutputHelper output)
{
    /// <summary>The published vectors, where they are.</summary>
    [Fact]
    public void Published_vectors_agree()
    {
        IReadOnlyList<string> files = VectorSet.Noise.Files();
        Assert.SkipUnless(files.Count > 0, VectorSet.Noise.IsMissing);
        Verify(files);
    }

    /// <summary>The repository's own, made by python3-dissononce (see the generator's README): every pattern, every suite, several psks.</summary>
    [Fact]
    public void Own_vectors_agree()
    {
        var names = Verify([OwnVectors.PathOf("noise", "dissononce.json")]);

        var protocols = names.Select(ProtocolName.Parse).ToList();
        Assert.Empty(HandshakePatterns.Names.Except(protocols.Select(protocol => protocol.Pattern.Name)));
        Assert.Contains(protocols, protocol => protocol.Pattern.PskCount > 1);
        foreach (string cipher in ProtocolName.CipherNames)
        {
            Assert.Empty(ProtocolName.HashNames.Except(protocols.Where(protocol => protocol.Cipher == cipher).Select(protocol => protocol.Hash)));
        }
    }

    private List<string> Verify(IReadOnlyList<string> files)
    {
        var verified = new List<string>();
        var failed = new List<string>();
        int skipped = 0;
        foreach (NoiseVector vector in files.SelectMany(NoiseVector.Load))
        {
            if (vector.ProtocolName.Split('_')[2] == "448")
            {
                skipped++;
                continue;
            }

            try
            {
                vector.Verify();
                verified.Add(vector.ProtocolName);
            }
            catch (Exception e)
            {
                failed.Add($"{vector.ProtocolName}: {e.Message}");
            }
        }

        output.WriteLine($"Noise vectors in {string.Join(", ", files)}: {verified.Count} agree, {failed.Count} differ, {skipped} skipped (DH 448 is not supported).");
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.NotEmpty(verified);
        return verified;
    }
}
