using System.Management.Automation;
using SecureStation.Core;
using SecureStation.Core.Transport;

namespace SecureStation;

/// <summary>Addresses as people type them: the path of a Unix socket is relative to PowerShell's location, not to the process's.</summary>
internal static class SocketPath
{
    private const string Prefix = "unix:";

    /// <summary>The address with an absolute path, if it is that of a Unix socket; else as it is.</summary>
    /// <exception cref="StationException"><see cref="StationFault.NotFound"/> or <see cref="StationFault.InvalidArgument"/>: no path of the file system.</exception>
    public static string Resolve(PSCmdlet cmdlet, string address) =>
        StationAddress.IsUnixSocket(address) && address.Length > Prefix.Length
            ? Prefix + PathResolver.Unresolved(cmdlet, address[Prefix.Length..])
            : address;

    /// <inheritdoc cref="Resolve(PSCmdlet, string)"/>
    public static string[] Resolve(PSCmdlet cmdlet, IEnumerable<string> addresses) => [.. addresses.Select(address => Resolve(cmdlet, address))];
}
