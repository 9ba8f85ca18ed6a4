using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SecureStation.Core.Keys;
using SecureStation.Core.Notary;
using SecureStation.Core.Notary.Timestamps;

namespace SecureStation.Endurance.Rows;

/// <summary>A notary beside slow and broken HTTP: whoever asks properly gets a timestamp.</summary>
internal sealed class NotaryHttpRow() : StationRow("notary-http", "broken and slow requests beside 50 honest", 2000, 200, "all 50 get a token", 60)
{
    private const int Honest = 50;

    public override string? LeftOut => NeedsDescriptors(5000);

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = NotaryCertificate.Create("CN=Endurance", StationKeyAlgorithm.EcdsaP256, 0, now.AddDays(-1), now.AddDays(1), issuer: null);
        await using StationNotary notary = StationNotary.Start(new StationNotaryOptions { Authority = new TimestampAuthorityOptions { Certificate = certificate } });
        byte[] request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/timestamp-query\r\nContent-Length: 100\r\n\r\n"u8.ToArray();
        var broken = new List<Socket>();
        for (int i = 0; i < context.Count; i++)
        {
            byte[] bytes = request[..context.Random.Next(request.Length)];
            if (i % 2 == 0)
            {
                bytes = [.. bytes, .. Encoding.ASCII.GetBytes("\0\r\n\r\n")];
            }

            broken.Add(await RawClients.OpenAsync(notary.Port, bytes, context.Token));
        }

        using var client = new TimestampClient(notary.Uri!);
        int tokens = 0;
        for (int i = 0; i < Honest; i++)
        {
            byte[] hash = SHA256.HashData(BitConverter.GetBytes(i));
            tokens += await client.RequestAsync(TimeStampRequest.Create(HashAlgorithmName.SHA256, hash), cancellationToken: context.Token) is not null ? 1 : 0;
        }

        broken.ForEach(static socket => socket.Dispose());
        return new RowOutcome(context.Count, $"{tokens} of {Honest} tokens beside {context.Count}", tokens == Honest);
    }
}
