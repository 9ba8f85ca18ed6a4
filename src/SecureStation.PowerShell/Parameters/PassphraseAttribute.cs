using System.Management.Automation;
using System.Security;
using SecureStation.Core;

namespace SecureStation;

/// <summary>
/// Lets a -Passphrase be given as SecureString or as string. One that is given and empty is an error: it comes of a misspelt variable or of
/// Enter at a prompt, and whoever gave it expects the key to be encrypted.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class PassphraseAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        string? text = value is null ? string.Empty : value as string;
        if (text is null)
        {
            return inputData!;
        }

        var secure = new SecureString();
        foreach (char character in text)
        {
            secure.AppendChar(character);
        }

        secure.MakeReadOnly();
        return secure;
    }

    /// <summary>Refuses an empty one among the parameters of a call; null has become empty by then.</summary>
    /// <param name="boundParameters">The parameters.</param>
    /// <param name="advice">What to do where none is wanted.</param>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    internal static void RefuseEmpty(IReadOnlyDictionary<string, object> boundParameters, string advice)
    {
        foreach ((string name, object value) in boundParameters)
        {
            if (value is SecureString { Length: 0 })
            {
                throw new StationException(
                    StationFault.InvalidArgument,
                    $"-{name} is empty. It must have a character at least; {advice}.");
            }
        }
    }
}
