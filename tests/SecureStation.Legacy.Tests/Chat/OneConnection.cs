using SecureStation.Core.Keys;
using SecureStation.Core.Protocols;

namespace SecureStation.Legacy.Tests.Chat;

/// <summary>What a listener would lend to a connection.</summary>
internal sealed class OneConnection : IPendingConnection
{
    public bool IsFirstMessageRead { get; private set; }

    public bool TryTakePlace(Fingerprint? peer = null) => true;

    public void ReturnPlace()
    {
    }

    public void FirstMessageRead() => IsFirstMessageRead = true;

    public ValueTask WithWorkPermitAsync(Func<ValueTask> work, CancellationToken cancellationToken) => work();
}
