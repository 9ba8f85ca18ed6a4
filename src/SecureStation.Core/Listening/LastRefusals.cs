namespace SecureStation.Core.Listening;

/// <summary>The newest refusals of a listener: as many as somebody would look at. Thread-safe.</summary>
internal sealed class LastRefusals
{
    /// <summary>How many are kept.</summary>
    public const int Kept = 32;

    private readonly Lock _gate = new();
    private readonly Queue<ListenerRefusal> _refusals = new(Kept);

    public void Add(ListenerRefusal refusal)
    {
        lock (_gate)
        {
            if (_refusals.Count == Kept)
            {
                _refusals.Dequeue();
            }

            _refusals.Enqueue(refusal);
        }
    }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<ListenerRefusal> List()
    {
        lock (_gate)
        {
            return Array.AsReadOnly(_refusals.Reverse().ToArray());
        }
    }
}
