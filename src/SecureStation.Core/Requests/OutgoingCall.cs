namespace SecureStation.Core.Requests;

/// <summary>The credit of a call of ours, in bytes. A result may come while there is some left, and may overdraw it once.</summary>
internal sealed class OutgoingCall
{
    private readonly long _window;
    private long _left;
    private long _taken;

    public OutgoingCall(long window)
    {
        _window = window;
        _left = window;
    }

    /// <summary>A result has come. False: without credit.</summary>
    public bool TrySpend(long cost)
    {
        bool isPaid = _left > 0;
        _left -= cost;
        return isPaid;
    }

    /// <summary>More credit is given.</summary>
    public void Give(long credit) => _left += credit;

    /// <summary>A result was taken. True: half of the window is free again, and is given back.</summary>
    public bool Take(long cost, out long credit)
    {
        _taken += cost;
        if (_taken < _window / 2)
        {
            credit = 0;
            return false;
        }

        credit = _taken;
        _left += _taken;
        _taken = 0;
        return true;
    }
}
