using System.Management.Automation;
using System.Security;
using SecureStation.Core.DiffieHellman;

namespace SecureStation.Commands;

/// <summary>Import-DhKeyPair: reads private keys (PKCS#8), or public ones (SubjectPublicKeyInfo) with -PublicOnly.</summary>
[Cmdlet(VerbsData.Import, "DhKeyPair", DefaultParameterSetName = PathSet)]
[OutputType(typeof(DhKeyPair))]
[OutputType(typeof(DhPublicKey))]
public sealed class ImportDhKeyPairCommand : DhFileCmdlet
{
    /// <summary>The files hold public keys.</summary>
    [Parameter]
    public SwitchParameter PublicOnly { get; set; }

    /// <summary>Opens an encrypted file.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    private protected override void ProcessFile(string file)
    {
        if (PublicOnly)
        {
            DhPublicKey publicKey = Compute(token => DhFile.ReadPublicKey(file, Policy, token));
            this.WarnIfWeak(publicKey.Parameter);
            WriteObject(publicKey);
            return;
        }

        DhKeyPair keyPair = Compute(
            token =>
            {
                using var text = new PassphraseText(Passphrase);
                return DhFile.ReadKeyPair(file, text.Span, Policy, token);
            },
            abandoned: late => late.Dispose());
        this.WarnIfWeak(keyPair.Parameter);
        WriteObject(keyPair);
    }
}
