using System.Management.Automation;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>What the Diffie-Hellman cmdlets share that meet parameters: -AllowWeakParameter, and tests of primes that Ctrl+C can leave.</summary>
public abstract class DhCmdlet : StationCmdlet
{
    /// <summary>Allows primes from 512 bits, for teaching.</summary>
    [Parameter]
    public SwitchParameter AllowWeakParameter { get; set; }

    /// <summary>Which parameters are acceptable to this call.</summary>
    private protected DhPolicy Policy => new() { AllowWeakParameter = AllowWeakParameter };

    /// <summary>Runs work that may have to test a prime.</summary>
    private protected T Compute<T>(Func<CancellationToken, T> work, Action<T>? abandoned = null) =>
        Await(token => Task.Run(() => work(token), token), Deadline.After(Deadline.Infinite), "The computation did not end", abandoned);

    /// <summary>Warns where parameters are weak: they were asked for, but whoever reads the output may not know.</summary>
    private protected void WarnIfWeak(DhParameter? parameter)
    {
        if (parameter?.Bits < DhParameter.WeakBelowBits)
        {
            WriteWarning($"The Diffie-Hellman prime has {parameter.Bits} bits, so that a secret can be computed by others. It is good for teaching only.");
        }
    }
}
