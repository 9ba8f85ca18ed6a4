using System.Management.Automation;
using SecureStation.Core;

namespace SecureStation;

/// <summary>The one way to a legacy protocol: the caller says -AllowLegacy, and is warned once.</summary>
internal static class LegacyConsent
{
    /// <summary>Finds the implementation of a legacy protocol for a caller who allows it.</summary>
    /// <param name="cmdlet">Writes the warning.</param>
    /// <param name="isAllowed">-AllowLegacy.</param>
    /// <param name="warning">What is not secure about the protocol.</param>
    /// <exception cref="StationException">
    /// <see cref="StationFault.LegacyNotAllowed"/>; <see cref="StationFault.NotFound"/>: this installation is without SecureStation.Legacy.dll.
    /// </exception>
    public static T Require<T>(Cmdlet cmdlet, bool isAllowed, string warning)
        where T : class
    {
        if (!isAllowed)
        {
            throw new StationException(StationFault.LegacyNotAllowed, $"{warning} It is spoken only with -AllowLegacy.");
        }

        if (!LegacyProtocols.TryFind(out T? protocol))
        {
            throw new StationException(StationFault.NotFound, "This installation has no legacy protocols: SecureStation.Legacy.dll is not beside the module.") { Subject = StationSubject.LegacyProtocols };
        }

        cmdlet.WriteWarning(warning);
        return protocol;
    }
}
