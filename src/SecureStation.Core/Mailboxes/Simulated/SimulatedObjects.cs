using System.Collections.Concurrent;

namespace SecureStation.Core.Mailboxes.Simulated;

/// <summary>Objects in memory.</summary>
internal sealed class SimulatedObjects : IMailObjects
{
    private readonly ConcurrentDictionary<(string Box, string Name), byte[]> _objects = new();

    /// <summary>How many there are.</summary>
    public int Count => _objects.Count;

    /// <inheritdoc/>
    public Task PutAsync(string box, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        _objects[(box, name)] = content.ToArray();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<byte[]?> FindAsync(string box, string name, int length, CancellationToken cancellationToken) =>
        Task.FromResult(_objects.TryGetValue((box, name), out byte[]? content) && content.Length == length ? content : null);

    /// <inheritdoc/>
    public Task RemoveAsync(string box, string name, int length, CancellationToken cancellationToken)
    {
        _objects.TryRemove((box, name), out _);
        return Task.CompletedTask;
    }
}
