using System.Collections.Concurrent;

namespace SecureStation.Legacy.AesChat;

/// <summary>The clients of one listener. A message of one is passed on to all others, in clear, as the old server does.</summary>
internal sealed class AesChatRoom
{
    private readonly ConcurrentDictionary<AesChatSession, bool> _clients = new();

    /// <summary>How many there are.</summary>
    public int Count => _clients.Count;

    /// <summary>Takes a client in until its session ends.</summary>
    public void Join(AesChatSession client)
    {
        _clients[client] = true;
        _ = client.Ended.ContinueWith(_ => _clients.TryRemove(client, out bool _), TaskScheduler.Default);
    }

    /// <summary>Passes a message on. A client that does not read its own is cut off: it must not hold up the others.</summary>
    public void PassOn(AesChatSession sender, byte[] text)
    {
        foreach (AesChatSession client in _clients.Keys)
        {
            if (client != sender && !client.TryPassOn(sender.Name, text))
            {
                client.Abort();
            }
        }
    }
}
