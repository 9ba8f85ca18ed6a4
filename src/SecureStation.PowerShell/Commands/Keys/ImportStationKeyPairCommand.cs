using System.Management.Automation;
using System.Security;
using System.Text;
using SecureStation.Core;
using SecureStation.Core.Keys;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Notary.Legacy;
using SecureStation.Core.Storage;

namespace SecureStation.Commands;

/// <summary>Import-StationKeyPair: reads a PKCS#8 PEM file or OpenSSH's, and stores the key if it is given a name.</summary>
[Cmdlet(VerbsData.Import, "StationKeyPair", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StationKeyPair))]
[OutputType(typeof(LegacyKeyPair))]
public sealed class ImportStationKeyPairCommand : InputFileCmdlet
{
    private const int MaxSize = 64 * 1024;

    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>Stores the key under this name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The passphrase of the file; the key in the store has it too.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>DocumentNotary: the file is a key pair of that old program, for it alone. Encrypted files of PyCrypto are known without it.</summary>
    [Parameter]
    [ValidateSet(NotaryText.DocumentNotary)]
    public string? Protocol { get; set; }

    /// <summary>Replaces a key of that name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void ProcessFile(string file)
    {
        if (TryReadLegacy(file))
        {
            return;
        }

        KeyStore? store = Name is null ? null : KeyStoreCmdlet.OpenKeyStore(this, KeyStore);
        if (store is not null && !ShouldProcess($"{Name} in {store.Directory}", $"Store the key pair of {file}"))
        {
            return;
        }

        WriteObject(Compute(() =>
        {
            using var text = new PassphraseText(Passphrase);
            StationKeyPair keyPair = KeyFile.ReadPrivate(file, text.Span);
            return store is null ? keyPair : store.Save(Name!, keyPair, text.Span, Force);
        }));
        if (store is not null)
        {
            this.SayIfInClear(Passphrase, store.Directory);
        }
    }

    // PyCrypto's encrypted PEM is told by its header; a plain file only by -Protocol. Such a key may be short and its file is weakly
    // encrypted, so that it is no station's identity and is not stored.
    private bool TryReadLegacy(string file)
    {
        string text = BoundedFile.Read(file, MaxSize) is { } content ? Encoding.Latin1.GetString(content) : string.Empty;
        bool isPyCrypto = text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal) && text.Contains("DEK-Info: DES-EDE3-CBC", StringComparison.Ordinal);
        if ((Protocol is null && !isPyCrypto) || !LegacyProtocols.TryFind(out INotaryWire? wire))
        {
            return Protocol is null
                ? false
                : throw new StationException(StationFault.NotFound, "This installation has no legacy protocols: SecureStation.Legacy.dll is not beside the module.") { Subject = StationSubject.LegacyProtocols };
        }

        if (Name is not null)
        {
            throw new StationException(StationFault.InvalidArgument, "A key pair of the old document notary is no station's identity and is not stored; import it without -Name.");
        }

        WriteObject(Compute(() =>
        {
            using var passphrase = new PassphraseText(Passphrase);
            return wire.ReadKeyPair(text, passphrase.Span);
        }));
        return true;
    }
}
