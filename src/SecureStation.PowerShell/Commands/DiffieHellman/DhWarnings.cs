using System.Management.Automation;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

internal static class DhWarnings
{
    /// <summary>Warns where parameters are weak: they were asked for, but whoever reads the output may not know.</summary>
    internal static void WarnIfWeak(this Cmdlet cmdlet, DhParameter? parameter)
    {
        if (parameter?.Bits < DhParameter.WeakBelowBits)
        {
            cmdlet.WriteWarning($"The Diffie-Hellman prime has {parameter.Bits} bits, so that a secret can be computed by others. It is good for teaching only.");
        }
    }
}
