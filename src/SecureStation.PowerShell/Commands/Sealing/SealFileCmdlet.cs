using System.Management.Automation;
using System.Security;
using SecureStation.Core;
using SecureStation.Core.Sealing;
using SecureStation.Core.Trust;

namespace SecureStation.Commands;

/// <summary>What the cmdlets share that seal and open files: key and trust store, a progress bar of bytes, one failure a file.</summary>
public abstract class SealFileCmdlet : IdentityCmdlet
{
    private int _fileCount;

    /// <summary>The passphrase of a named key pair, of sealing keys or of identity files; a SecureString or a string.</summary>
    [Parameter]
    [Passphrase]
    public SecureString? Passphrase { get; set; }

    /// <summary>The folder of the key store; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyStore { get; set; }

    /// <summary>The folder of the trust store; the user's own where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TrustStore { get; set; }

    private protected override string? KeyStoreFolder => KeyStore;

    /// <summary>What is being done, for the progress bar.</summary>
    private protected abstract string Activity { get; }

    /// <summary>Opens the trust store.</summary>
    private protected FileTrustStore OpenTrustStore() =>
        new(TrustStore is null ? FileTrustStore.DefaultDirectory : PathResolver.Unresolved(this, TrustStore));

    /// <summary>Does one after the other. Folders among what wildcards and the pipeline bring are passed over; one that fails does not take the next along.</summary>
    private protected void ForEachFile(IEnumerable<string> paths, bool isLiteral, Action<string> process)
    {
        foreach (string path in paths)
        {
            try
            {
                foreach (string file in Files(path, isLiteral))
                {
                    _fileCount++;
                    process(file);
                }
            }
            catch (Exception failure) when (failure is StationException or UnauthorizedAccessException)
            {
                WriteFailure(failure, path);
            }
            catch (IOException failure)
            {
                WriteFailure(new StationException(StationFault.StorageFailed, $"'{path}' could not be sealed or opened: {failure.Message}", failure), path);
            }
        }
    }

    /// <summary>Does the work on a file where Ctrl+C can leave it, and shows how many of its bytes are done.</summary>
    private protected T WithProgress<T>(string file, Func<SealedFileOptions, T> work)
    {
        long total = new FileInfo(file).Length;
        return Compute(token => work(new SealedFileOptions
        {
            Token = token,
            Progress = new ByteProgress(done => Post(() => WriteProgress(new ProgressRecord(0, Activity, file)
            {
                CurrentOperation = $"{done:N0} of {total:N0} bytes",
                PercentComplete = total > 0 ? (int)Math.Min(100, 100 * done / total) : -1,
            }))),
        }));
    }

    /// <inheritdoc/>
    protected override void EndCommand()
    {
        if (_fileCount > 0)
        {
            WriteProgress(new ProgressRecord(0, Activity, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private IEnumerable<string> Files(string path, bool isLiteral)
    {
        bool isNamed = !MyInvocation.ExpectingInput && (isLiteral || !WildcardPattern.ContainsWildcardCharacters(path));
        if (!isNamed && isLiteral && Directory.Exists(PathResolver.Unresolved(this, path)))
        {
            return [];
        }

        IReadOnlyList<string> files = PathResolver.Existing(this, path, isLiteral);
        return isNamed ? files : files.Where(static file => !Directory.Exists(file));
    }
}
