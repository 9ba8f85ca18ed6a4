using SecureStation.Core.Sessions;

namespace SecureStation.Core.Requests;

/// <summary>
/// What a session's requests decide, in both directions: which calls are open, and how many bytes of results each may still send. Messages in, events
/// out; no lock, no clock, no task, no handler.
/// </summary>
/// <param name="maxCalls">How many calls of the peer may be open at once.</param>
internal sealed class RequestCore(int maxCalls)
{
    // Ours: what the peer may still send, and what was taken since it was last told so. Theirs: what we may still send.
    private readonly Dictionary<ulong, OutgoingCall> _ours = [];
    private readonly Dictionary<ulong, long> _theirs = [];
    private int _ending;

    /// <summary>The peer's calls that are open.</summary>
    public int TheirCalls => _theirs.Count + _ending;

    /// <summary>Our calls that are open.</summary>
    public int OurCalls => _ours.Count;

    /// <summary>A call of ours is on its way.</summary>
    public void Open(ulong call, long credit) => _ours[call] = new OutgoingCall(credit);

    /// <summary>The asker took a result of its call. True: so much more credit is to be given.</summary>
    public bool Take(ulong call, long cost, out long credit)
    {
        credit = 0;
        return _ours.TryGetValue(call, out OutgoingCall? ours) && ours.Take(cost, out credit);
    }

    /// <summary>So much more credit is given, whatever was taken.</summary>
    public void Give(ulong call, long credit)
    {
        if (_ours.TryGetValue(call, out OutgoingCall? ours))
        {
            ours.Give(credit);
        }
    }

    /// <summary>The asker gives up. True: the peer is to be told, as the call was open.</summary>
    public bool Abandon(ulong call) => _ours.Remove(call);

    /// <summary>An answer to a call of ours.</summary>
    public RequestEvent OnAnswer(StationMessage message)
    {
        ulong id = message.InReplyTo;
        if (!_ours.TryGetValue(id, out OutgoingCall? call))
        {
            return default;
        }

        // A refusal of the service has no op; an error is one whatever the rest says.
        if (RequestMessages.ReadFailure(message) is { } failure)
        {
            _ours.Remove(id);
            return new(RequestEventKind.Failed, id, Failure: failure);
        }

        switch (RequestMessages.OpOf(message))
        {
            case RequestOp.End:
                _ours.Remove(id);
                return new(RequestEventKind.Ended, id);
            case RequestOp.Item when RequestMessages.TryReadItem(message, out RequestValue value) && call.TrySpend(RequestMessages.ItemCost(value.Body.Length)):
                return new(RequestEventKind.Item, id, value);
            default:
                _ours.Remove(id);
                return new(RequestEventKind.Broken, id);
        }
    }

    /// <summary>A message of the peer's that answers nothing.</summary>
    public RequestEvent OnMessage(StationMessage message)
    {
        switch (RequestMessages.OpOf(message))
        {
            case RequestOp.Credit when RequestMessages.TryReadCredit(message, out ulong call, out long credit) && _theirs.TryGetValue(call, out long left):
                _theirs[call] = Math.Min(left + credit, RequestMessages.MaxCredit);
                return new(RequestEventKind.Credited, call);
            case RequestOp.Credit when RequestMessages.TryReadCredit(message, out ulong call, out _):
                return new(RequestEventKind.NotOpen, call);
            case RequestOp.Call when message.InReplyTo == 0:
                return OnCall(message);
            default:
                return default;
        }
    }

    /// <summary>The peer withdraws a call. False: it is not open.</summary>
    public bool OnCancel(ulong call) => _theirs.Remove(call);

    /// <summary>Whether a result may be sent now; if so, it is paid for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cost">What it costs.</param>
    /// <param name="isOpen">False: the call is open no longer, and nothing may be sent for it any more.</param>
    public bool TrySpend(ulong call, long cost, out bool isOpen)
    {
        isOpen = _theirs.TryGetValue(call, out long left);
        if (left <= 0)
        {
            return false;
        }

        _theirs[call] = left - cost;
        return true;
    }

    /// <summary>A call of the peer's gets its last answer now. False: it is open no longer, and nothing is to be sent.</summary>
    public bool TryBeginEnd(ulong call)
    {
        bool isOpen = _theirs.Remove(call);
        _ending += isOpen ? 1 : 0;
        return isOpen;
    }

    /// <summary>A last answer has found its room: only then may the peer ask once more instead.</summary>
    public void EndAnswered() => _ending--;

    private RequestEvent OnCall(StationMessage message)
    {
        if (!RequestMessages.TryReadCall(message, out RequestOffer offer))
        {
            return new(RequestEventKind.Refused, message.Id, Failure: new RequestFailure(RequestCodes.Malformed));
        }

        if (TheirCalls >= maxCalls)
        {
            return new(RequestEventKind.Refused, message.Id, Failure: new RequestFailure(RequestCodes.Busy));
        }

        _theirs[offer.Call] = offer.Credit;
        return new(RequestEventKind.Called, offer.Call, Offer: offer);
    }
}
