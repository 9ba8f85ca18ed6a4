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
}
