namespace SecureStation.Core.Tests.Sealing;

/// <summary>Three parties that the tests of a class share: none of them changes one.</summary>
public sealed class SealParties : IDisposable
{
    internal SealParty Alice { get; } = new("alice");

    internal SealParty Bob { get; } = new("bob");

    internal SealParty Carol { get; } = new("carol");

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        Carol.Dispose();
    }
}
