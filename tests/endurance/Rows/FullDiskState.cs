using System.Buffers.Binary;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.State;
using SecureStation.Core.Trust;

namespace SecureStation.Endurance.Rows;

/// <summary>A client's state on a disk that is full: it says so, what the peer has is a beginning of what was sent, and the session goes on with room.</summary>
internal static class FullDiskState
{
    public static async Task<int> FillAsync(SmallDisk disk, CancellationToken token)
    {
        using StationKeyPair key = StationKeyPair.Generate();
        await using var listener = StationListener.Start(new StationListenerOptions { Trust = new ListenerTrust { Mode = TrustMode.Any } });
        string path = Path.Combine(disk.Folder, "client.state");
        ulong delivered;
        string id;
        int refused;
        using (StationState state = StationState.Open(path, key.Fingerprint))
        {
            StationSession session = await ConnectAsync(listener, key, state, token);
            id = session.Id;
            delivered = await session.SendAsync(Number(0), token);
            await session.WaitDeliveredAsync(delivered, token);
            disk.Fill();
            refused = await FullDiskRow.RefusesAsync(StationFault.StateFailed, async () =>
            {
                for (int i = 1; i < 10_000; i++)
                {
                    ulong sent = await session.SendAsync(Number(i), token);
                    await WaitAsync(session, sent, token);
                    delivered = sent;
                }
            });
            await session.DisposeAsync();
        }

        disk.Free();
        while (!IsFree(path))
        {
            // A session that has ended lets go of its file a moment later.
            await Task.Delay(20, token);
        }

        using StationState again = StationState.Open(path, key.Fingerprint);
        await using StationSession next = await ConnectAsync(listener, key, again, token);
        await next.SendAsync(OutgoingMessage.Text("after"), token);
        int expected = 0;
        while (true)
        {
            StationMessage message = await listener.ReceiveAsync(token);
            if (message.Body is "after")
            {
                break;
            }

            SmallDisk.Require(BinaryPrimitives.ReadInt32BigEndian(message.BodyBytes.Span) == expected++, "the order of messages through a state");
        }

        // Message ids begin at 1, numbers at 0.
        SmallDisk.Require((ulong)expected >= delivered, $"{delivered} messages were delivered and {expected} came");
        SmallDisk.Require(next.Id.Length == id.Length, "the session afterwards");
        await next.CloseAsync(token);
        return refused;
    }

    private static bool IsFree(string path)
    {
        try
        {
            return StationState.List(path) is not null;
        }
        catch (StationException e) when (e.Fault == StationFault.StateFailed)
        {
            return false;
        }
    }

    // A session that ends by its state says so as the reason of what was not delivered.
    private static async Task WaitAsync(StationSession session, ulong id, CancellationToken token)
    {
        try
        {
            await session.WaitDeliveredAsync(id, token);
        }
        catch (StationException e) when (e.InnerException is StationException { Fault: StationFault.StateFailed } why)
        {
            throw why;
        }
    }

    // 10 KiB each, so that the write-ahead log needs more room with each.
    private static OutgoingMessage Number(int number)
    {
        byte[] body = new byte[10 * 1024];
        BinaryPrimitives.WriteInt32BigEndian(body, number);
        return OutgoingMessage.Bytes(body);
    }

    private static Task<StationSession> ConnectAsync(StationListener listener, StationKeyPair key, StationState state, CancellationToken token) => StationClient.ConnectAsync(
        new StationClientOptions
        {
            Host = "127.0.0.1",
            Port = listener.Port,
            KeyPair = key,
            Trust = new ClientTrust { ExpectedFingerprint = listener.PublicKey.Fingerprint },
            Reconnect = true,
            State = state,
        },
        token);
}
