using System.Management.Automation;
using System.Security;

namespace SecureStation.Commands;

internal static class KeysInClear
{
    /// <summary>Says with -Verbose that a private key is written unencrypted: it is so where the passphrase is left out, and is easily forgotten.</summary>
    internal static void SayIfInClear(this Cmdlet cmdlet, SecureString? passphrase, string place)
    {
        if (passphrase is null)
        {
            cmdlet.WriteVerbose($"The private key is not encrypted in {place}: no passphrase was given, so only the permissions of the file protect it.");
        }
    }
}
