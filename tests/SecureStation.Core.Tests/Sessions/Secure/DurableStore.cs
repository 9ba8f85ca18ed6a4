using SecureStation.Core.State;

namespace SecureStation.Core.Tests.Sessions.Secure;

/// <summary>A store whose test says when things are durable.</summary>
internal sealed class DurableStore : IOutgoingStore
{
    private readonly MemoryOutgoingStore _index = new();

    public bool IsDurable => true;

    public void Append(in OutgoingEntry entry) => _index.Append(entry);

    public OutgoingEntry Read(ulong id) => _index.Read(id);

    public void Replace(in OutgoingEntry entry) => _index.Replace(entry);

    public void Forget(ulong upTo) => _index.Forget(upTo);
}
