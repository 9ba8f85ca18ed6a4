using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>A listener that has no descriptors left: it lives, and accepts again when some come back.</summary>
internal sealed class DescriptorsRow() : StationRow("descriptors", "rounds of using up a listener's descriptors", 20, 2, "it accepts again each time", 90)
{
    public override string? LeftOut => File.Exists("/bin/sh") ? null : "it needs sh and ulimit";

    public override async Task<RowOutcome> RunAsync(RowContext context)
    {
        using Process child = OwnProcess.StartLimited(300, "child", "small-listener");
        string[] said = (await child.StandardOutput.ReadLineAsync(context.Token) ?? throw new InvalidOperationException(await child.StandardError.ReadToEndAsync())).Split(' ');
        int port = int.Parse(said[0], CultureInfo.InvariantCulture);
        Fingerprint fingerprint = Fingerprint.Parse(said[1]);
        int served = 0;
        for (int round = 0; round < context.Count; round++)
        {
            var sockets = new List<Socket>();
            for (int i = 0; i < 400; i++)
            {
                sockets.Add(await RawClients.OpenAsync(port, default, context.Token));
            }

            await Task.Delay(200, context.Token);
            sockets.ForEach(static socket => socket.Dispose());
            served += await TryAsync(port, fingerprint, context.Token) ? 1 : 0;
        }

        child.Kill(entireProcessTree: true);
        return new RowOutcome(context.Count, $"{served} of {context.Count} served afterwards", served == context.Count);
    }

    /// <summary>The child: a listener that answers.</summary>
    public static async Task<int> ListenAsync(string[] arguments)
    {
        await using StationListener listener = Listen();
        Console.WriteLine($"{listener.Port} {listener.Fingerprint}");
        while (true)
        {
            StationMessage message = await listener.ReceiveAsync();
            await message.Session.SendAsync(OutgoingMessage.Text("served"));
        }
    }

    // The listener may need a moment to find that there are descriptors again.
    private static async Task<bool> TryAsync(int port, Fingerprint fingerprint, CancellationToken token)
    {
        for (int attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                await using StationSession session = await StationClient.ConnectAsync(
                    new StationClientOptions { Host = "127.0.0.1", Port = port, Trust = new ClientTrust { ExpectedFingerprint = fingerprint } }, token);
                await session.SendAsync(OutgoingMessage.Text("?"), token);
                await session.ReceiveAsync(token);
                return true;
            }
            catch (Core.StationException)
            {
                await Task.Delay(200, token);
            }
        }

        return false;
    }
}
