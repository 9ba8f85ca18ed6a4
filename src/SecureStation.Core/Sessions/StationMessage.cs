using System.Text;
using SecureStation.Core.Messages;

namespace SecureStation.Core.Sessions;

/// <summary>A message that has come in whole.</summary>
public sealed class StationMessage
{
    // Invalid UTF-8 must be found, not replaced: the text would no longer be what was signed for by the AEAD.
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _body;
    private object? _decoded;
    private bool _isDecoded;

    internal StationMessage(StationSession session, ulong id, ulong inReplyTo, StationMessageKind kind, IReadOnlyList<KeyValuePair<string, string>> headers, byte[] body)
    {
        Session = session;
        Id = id;
        InReplyTo = inReplyTo;
        Kind = kind;
        Headers = headers;
        _body = body;
    }

    private StationMessage(StationMessage other, object? body, StationFault? error)
        : this(other.Session, other.Id, other.InReplyTo, other.Kind, other.Headers, other._body)
    {
        ReceivedAt = other.ReceivedAt;
        ArrivalOrder = other.ArrivalOrder;
        Redelivered = other.Redelivered;
        Sender = other.Sender;
        IsBroadcast = other.IsBroadcast;
        _decoded = body;
        _isDecoded = true;
        Error = error;
    }

    /// <summary>The peer's number of this message: 1, 2, 3 … in each direction of a session.</summary>
    public ulong Id { get; }

    /// <summary>The id of this side's message that it answers; 0 for none.</summary>
    public ulong InReplyTo { get; }

    /// <summary>What the body is.</summary>
    public StationMessageKind Kind { get; }

    /// <summary>The body: a string for text, a byte[] for bytes, null for an object that no host has read yet, and where <see cref="Error"/> is set.</summary>
    public object? Body
    {
        get
        {
            Decode();
            return _decoded;
        }
    }

    /// <summary>Set where the body is not what its kind says: <see cref="StationFault.MalformedBody"/>.</summary>
    public StationFault? Error
    {
        get
        {
            Decode();
            return field;
        }

        private set;
    }

    /// <summary>Whether it may have been given out before: it was kept by a state over a restart of this process.</summary>
    public bool Redelivered { get; internal set; }

    /// <summary>Bytes of the body.</summary>
    public int Length => _body.Length;

    /// <summary>The body's bytes as they came.</summary>
    public ReadOnlyMemory<byte> BodyBytes => _body;

    /// <summary>Names and values that came before the body.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>When the message was complete.</summary>
    public DateTimeOffset ReceivedAt { get; internal set; }

    /// <summary>The session that it came from; sending to it answers.</summary>
    public StationSession Session { get; }

    /// <summary>Who is said to have written it, in protocols with names inside messages; null elsewhere.</summary>
    public string? Sender { get; internal set; }

    /// <summary>Whether a server passed it on from another client (legacy chats).</summary>
    public bool IsBroadcast { get; internal set; }

    /// <summary>What a receipt says of it; null where no receipts are signed.</summary>
    internal MessageDigest? Digest { get; private set; }

    /// <summary>Process-wide order of arrival, so that the oldest of several sessions can be found.</summary>
    internal long ArrivalOrder { get; set; }

    /// <summary>
    /// Gives the body's memory back to the session for the next message: for who has taken the message and kept nothing of <see cref="BodyBytes"/>,
    /// <see cref="Body"/> or a copy of this message. It has no body then.
    /// </summary>
    internal void RecycleBody()
    {
        byte[] body = _body;
        _body = [];
        _decoded = null;
        Session.Inbox.SpareBodies.Return(body);
    }

    /// <summary>A copy whose body a host has read from <see cref="BodyBytes"/>.</summary>
    public StationMessage WithBody(object? body, StationFault? error = null) => new(this, body, error);

    /// <summary>The same with its digest, before anybody else has it.</summary>
    internal StationMessage WithDigest()
    {
        Digest = MessageDigest.Of(this);
        return this;
    }

    /// <summary>The value of a header, or null.</summary>
    public string? GetHeader(string name)
    {
        foreach ((string key, string value) in Headers)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Body switch
    {
        string text => text,
        byte[] bytes => Convert.ToHexStringLower(bytes),
        var other => other?.ToString() ?? string.Empty,
    };

    private void Decode()
    {
        if (_isDecoded)
        {
            return;
        }

        _isDecoded = true;
        switch (Kind)
        {
            case StationMessageKind.Text:
                try
                {
                    _decoded = s_strictUtf8.GetString(_body);
                }
                catch (DecoderFallbackException)
                {
                    Error = StationFault.MalformedBody;
                }

                break;
            case StationMessageKind.Bytes:
                _decoded = _body;
                break;
        }
    }
}
