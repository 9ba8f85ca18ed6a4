// Two stations on this machine: a listener and a client shake hands and exchange messages, both ways.
// Exit code 0 when all went as it should, 1 otherwise.
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using SecureStation.Core;
using SecureStation.Core.Connecting;
using SecureStation.Core.Keys;
using SecureStation.Core.Listening;
using SecureStation.Core.Messages;
using SecureStation.Core.Sessions;
using SecureStation.Core.Trust;

using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
CancellationToken token = patience.Token;
try
{
    Step("Identities", "each station has a signing key; here both exist only in memory");
    using StationKeyPair serverKey = StationKeyPair.Generate();
    using StationKeyPair clientKey = StationKeyPair.Generate();
    Say($"server  {serverKey.Algorithm}  {serverKey.Fingerprint}");
    Say($"client  {clientKey.Algorithm}  {clientKey.Fingerprint}");

    Step("Listener", "accepts who brings an invitation, or whom its trust store names");
    await using StationListener listener = StationListener.Start(new StationListenerOptions { KeyPair = serverKey, Trust = new ListenerTrust() });
    StationInvitation invitation = listener.Invitation ?? throw new InvalidOperationException("The listener made no invitation.");
    Say($"listening on {string.Join(" and ", listener.EndPoints)}");
    Say($"invitation   {invitation}");

    Step("Handshake", "Noise XXhfs (X25519 and ML-KEM-768) with the invitation's secret; both prove their identities");
    long started = Stopwatch.GetTimestamp();
    await using StationSession client = await StationClient.ConnectAsync(
        new StationClientOptions { KeyPair = clientKey, Trust = new ClientTrust { Invitation = StationInvitation.Parse(invitation.Reveal()) } }, token);
    await using StationSession server = await listener.AcceptAsync(token);
    Say($"suite        {client.Suite}, in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0.0} ms");
    Say($"session      {client.Id}");
    Say($"client sees  {client.RemoteFingerprint}");
    Say($"server sees  {server.RemoteFingerprint}");
    Check(client.RemoteFingerprint == serverKey.Fingerprint.ToString() && server.RemoteFingerprint == clientKey.Fingerprint.ToString(), "each side sees the other's true identity");
    Check(client.HandshakeHash.Span.SequenceEqual(server.HandshakeHash.Span), "both sides agree on the handshake");

    Step("Messages", "text, an object and 8 MiB of bytes, there and back");
    await ExchangeAsync("client → server", client, server);
    await ExchangeAsync("server → client", server, client);

    Step("A stranger", "without the invitation nobody gets in, and the invitation is used up");
    await ExpectAsync(StationFault.PeerRefused, new ClientTrust { ExpectedFingerprint = serverKey.Fingerprint });
    await ExpectAsync(StationFault.InvitationUsed, new ClientTrust { Invitation = StationInvitation.Parse(invitation.Reveal()) });

    Step("The end", "what was sent is delivered before a session closes");
    await client.CloseAsync(token);
    Check(client.MessagesUndelivered == 0 && server.MessagesUndelivered == 0, $"{client.MessagesSent} messages out, {client.MessagesReceived} in, none lost");
    await listener.StopAsync(token);
    Console.WriteLine();
    Console.WriteLine("All went as it should.");
    return 0;

    async Task ExpectAsync(StationFault fault, ClientTrust trust)
    {
        try
        {
            await using StationSession session = await StationClient.ConnectAsync(
                new StationClientOptions { Host = "127.0.0.1", Port = listener.Port, Trust = trust }, token);
            Check(false, $"refused with {fault}");
        }
        catch (StationException e)
        {
            Check(e.Fault == fault, $"refused with {e.Fault}: {e.Message}");
        }
    }
}
catch (Exception e) when (e is StationException or OperationCanceledException or InvalidOperationException)
{
    Console.Error.WriteLine($"\nFailed: {e.Message}");
    return 1;
}

async Task ExchangeAsync(string direction, StationSession from, StationSession to)
{
    byte[] bytes = RandomNumberGenerator.GetBytes(8 * 1024 * 1024);
    byte[] json = JsonSerializer.SerializeToUtf8Bytes(new { types = Array.Empty<string>(), value = new { Name = "report.txt", Length = 1234 } });
    long started = Stopwatch.GetTimestamp();
    await from.SendAsync(OutgoingMessage.Text("hello, station"), token);
    await from.SendAsync(OutgoingMessage.Object(json), token);
    ulong last = await from.SendAsync(OutgoingMessage.Bytes(bytes), token);

    StationMessage text = await to.ReceiveAsync(token);
    StationMessage description = await to.ReceiveAsync(token);
    StationMessage content = await to.ReceiveAsync(token);
    await from.WaitDeliveredAsync(last, token);
    TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
    Check(text.Body is "hello, station", $"{direction}  text    \"{text.Body}\"");
    Check(description.BodyBytes.Span.SequenceEqual(json), $"{direction}  object  {System.Text.Encoding.UTF8.GetString(description.BodyBytes.Span)}");
    Check(content.BodyBytes.Span.SequenceEqual(bytes), $"{direction}  bytes   {content.Length:N0}, acknowledged after {elapsed.TotalMilliseconds:0} ms");
}

static void Step(string title, string what)
{
    Console.WriteLine();
    Console.WriteLine($"{title}: {what}");
}

static void Say(string text) => Console.WriteLine($"  {text}");

static void Check(bool holds, string what)
{
    Console.WriteLine($"  {(holds ? "✓" : "✗")} {what}");
    if (!holds)
    {
        throw new InvalidOperationException(what);
    }
}
