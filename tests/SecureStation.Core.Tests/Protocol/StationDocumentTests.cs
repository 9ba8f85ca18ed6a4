using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using SecureStation.Core.DiffieHellman;
using SecureStation.Core.Framing;
using SecureStation.Core.Handshake;
using SecureStation.Core.Noise;
using SecureStation.Core.Notary;
using SecureStation.Core.Transfers;

namespace SecureStation.Core.Tests.Protocol;

public class StationDocumentTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each service of section 5 is there, and the document that its row names defines it.</summary>
    [Fact]
    public void The_services_are_those_that_there_are()
    {
        var listed = Regex.Matches(File.ReadAllText(StationDocument.FilePath), @"^\| `(\w+)` \| \[.*\]\((.*)\), (inside a session|section \d) \|$", RegexOptions.Multiline)
            .ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        Assert.Equal(new[] { DhSessionExchange.Service, DocumentService.Name, NotaryService.Name, TransferMessages.Service }.Order(), listed.Keys.Order());
        Assert.All(listed, static row => Assert.Contains($"`{row.Key}`", File.ReadAllText(Path.Combine(Path.GetDirectoryName(StationDocument.FilePath)!, row.Value)), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Suites.Classical)]
    [InlineData(Suites.Hybrid)]
    public async Task The_example_in_the_document_is_what_the_code_sends(string suite)
    {
        ExampleSession example = ExampleSession.Find(suite);
        var wire = new Dictionary<string, byte[]>();
        using var initiator = new ExampleSide(example, isInitiator: true, ExampleKeys.Initiator, Token);
        using var responder = new ExampleSide(example, isInitiator: false, ExampleKeys.Responder, Token);
        foreach (ExampleStep step in ExampleStep.Of(example))
        {
            wire[step.Name] = await (step.IsFromInitiator ? initiator : responder).ProduceAsync(step);
            await (step.IsFromInitiator ? responder : initiator).AcceptAsync(step, wire[step.Name]);
        }

        await Task.WhenAll(initiator.FinishAsync(), responder.FinishAsync());
        string described = Describe(example, wire);
        Approval.Verify(StationDocument.FilePath, StationDocument.ReadExample(example), described, () => StationDocument.WithExample(example, described));
    }

    [Theory]
    [InlineData(Suites.Classical, true)]
    [InlineData(Suites.Classical, false)]
    [InlineData(Suites.Hybrid, true)]
    [InlineData(Suites.Hybrid, false)]
    public async Task Replaying_the_document_against_one_role_gives_exactly_its_bytes(string suite, bool isInitiator)
    {
        ExampleSession example = ExampleSession.Find(suite);
        IReadOnlyDictionary<string, byte[]> blocks = StationDocument.ReadBlocks();
        string role = $"{example.Prefix}{(isInitiator ? "initiator" : "responder")}";
        var keys = new ExampleKeys(blocks[$"{role}-identity-seed"], blocks[$"{role}-static"], blocks[$"{role}-ephemeral"], example.Suite.IsHybrid ? blocks[$"{role}-kem"] : []);
        using var side = new ExampleSide(example, isInitiator, keys, Token);
        foreach (ExampleStep step in ExampleStep.Of(example))
        {
            byte[] expected = blocks[example.Prefix + step.Name];
            if (step.IsFromInitiator == isInitiator)
            {
                Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(await side.ProduceAsync(step)));
            }
            else
            {
                await side.AcceptAsync(step, expected);
            }
        }

        Assert.Equal(blocks[$"{example.Prefix}handshake-hash"], side.Session.HandshakeHash.ToArray());
        Assert.Equal(blocks[$"{example.Prefix}export"], side.Session.Export("example", 32));
        await side.FinishAsync();
        Assert.Equal(StationFault.SessionClosed, side.Session.EndReason!.Fault);
        Assert.Equal(0, side.Session.MessagesUndelivered);
        Assert.Equal((1L, 1L), (side.Session.MessagesSent, side.Session.MessagesReceived));
    }

    private static string Describe(ExampleSession example, Dictionary<string, byte[]> wire)
    {
        // A third party that has the keys of both sides reads along.
        using StationHandshake initiator = ExampleKeys.Initiator.CreateHandshake(example.Suite, isInitiator: true);
        using StationHandshake responder = ExampleKeys.Responder.CreateHandshake(example.Suite, isInitiator: false);
        TransportState? reader = null;
        TransportState? counterpart = null;
        var text = new StringBuilder();
        text.Append("\n### Keys\n");
        foreach ((string role, ExampleKeys keys) in new[] { ("initiator", ExampleKeys.Initiator), ("responder", ExampleKeys.Responder) })
        {
            text.Append($"\nThe {role}'s identity (the seed of an Ed25519 key), Noise static and ephemeral private keys:\n\n");
            text.Append(StationDocument.Format($"{example.Prefix}{role}-identity-seed", keys.IdentitySeed));
            text.Append(StationDocument.Format($"{example.Prefix}{role}-static", keys.StaticPrivate));
            text.Append(StationDocument.Format($"{example.Prefix}{role}-ephemeral", keys.EphemeralPrivate));
            if (example.Suite.IsHybrid)
            {
                text.Append($"\n{(role == "initiator" ? "The seed of its ML-KEM-768 key pair, d ‖ z" : "The randomness of its encapsulation, m")}:\n\n");
                text.Append(StationDocument.Format($"{example.Prefix}{role}-kem", keys.Kem));
            }
        }

        text.Append("\n### The bytes\n");
        foreach (ExampleStep step in ExampleStep.Of(example))
        {
            byte[] bytes = wire[step.Name];
            text.Append($"\n**{char.ToUpperInvariant(step.Sender[0])}{step.Sender[1..]}.** {step.Description}:\n\n{StationDocument.Format(example.Prefix + step.Name, bytes)}");
            if (step.IsHandshake)
            {
                byte[] message = new byte[bytes.Length];
                (StationHandshake from, StationHandshake to) = step.IsFromInitiator ? (initiator, responder) : (responder, initiator);
                to.Read(message.AsSpan(0, from.Write(message)));
                if (step.Name == "message-3")
                {
                    (reader, counterpart) = (responder.Split(), initiator.Split());
                }
            }
            else if (step.IsTransport)
            {
                byte[] plaintext = new byte[bytes.Length - 2 - TransportState.TagLength];
                (step.IsFromInitiator ? reader! : counterpart!).Read(bytes.AsSpan(2), plaintext);
                text.Append($"\n```text\n{DescribeFrame(plaintext)}\n```\n");
            }
        }

        text.Append($"\n### Afterwards\n\nThe handshake hash:\n\n{StationDocument.Format($"{example.Prefix}handshake-hash", reader!.HandshakeHash)}");
        text.Append($"\n32 bytes exported under the label `example` (section 11):\n\n{StationDocument.Format($"{example.Prefix}export", reader.Export("example", 32))}\n");
        return text.ToString();
    }

    private static string DescribeFrame(byte[] plaintext)
    {
        var type = (FrameType)plaintext[0];
        byte[] body = plaintext[6..];
        Assert.Equal((uint)body.Length, BinaryPrimitives.ReadUInt32BigEndian(plaintext.AsSpan(2)));
        int[] fields = type switch
        {
            FrameType.Welcome => [16, 8, 4, 4],
            FrameType.Ack => [8, 8],
            FrameType.Close => [2, 8],
            _ => [8, 8, 1, 2],
        };
        var parts = new List<string> { Convert.ToHexStringLower(plaintext[..1]), Convert.ToHexStringLower(plaintext[1..2]), Convert.ToHexStringLower(plaintext[2..6]) };
        int position = 0;
        foreach (int length in fields)
        {
            parts.Add(Convert.ToHexStringLower(body.AsSpan(position, length)));
            position += length;
        }

        if (position < body.Length)
        {
            parts.Add(Convert.ToHexStringLower(body.AsSpan(position)));
        }

        return $"{type}: {string.Join(' ', parts)}";
    }
}
