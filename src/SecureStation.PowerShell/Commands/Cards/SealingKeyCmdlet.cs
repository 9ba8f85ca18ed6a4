using System.Management.Automation;
using System.Security;
using SecureStation.Core.Keys.Files;
using SecureStation.Core.Sealing.Cards;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that look into sealing keys of the key store.</summary>
public abstract class SealingKeyCmdlet : KeyStoreCmdlet
{
    /// <summary>The passphrase of the sealing keys: the identity's.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>Does something with the passphrase where Ctrl+C can leave it.</summary>
    private protected T WithPassphrase<T>(SecureString? passphrase, Work<T> work) => Compute(_ =>
    {
        using var text = new PassphraseText(passphrase);
        return work(text.Span);
    });

    /// <summary>Work that needs a passphrase.</summary>
    private protected delegate T Work<T>(ReadOnlySpan<char> passphrase);

    /// <summary>Writes keys, each with where it is from, so that they can be piped into Remove-StationSealingKey.</summary>
    private protected void WriteKeys(KeyStore store, StationSealingKeys keys)
    {
        foreach (StationSealingKey key in keys.Keys)
        {
            var output = new PSObject(key);
            output.Properties.Add(new PSNoteProperty("Fingerprint", keys.Fingerprint));
            output.Properties.Add(new PSNoteProperty("Box", keys.Box));
            output.Properties.Add(new PSNoteProperty(nameof(KeyStore), store.Directory));
            WriteObject(output);
        }
    }
}
